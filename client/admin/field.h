/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Refused fields in the words of the command line: which option it was, and what may stand there.
 */
#pragma once

#include "common/base.h"
#include "common/span.h"

struct command_row;
struct method_row;

/*
 * What a person typed for a field of the request: "--from" for "window.from_us".
 *
 *   out      the option with its dashes, or the path as it is
 */
void field_option(const struct command_row *command, const char *path, char *out, size_t max);

/*
 * What field.def allows, in the person's language: "1 to 200 characters".
 *
 *   returns  false, and out is untouched, where the rows say nothing that helps
 */
bool field_allowed(
	const struct method_row *method, const char *path, char *out, size_t max) must_check;
