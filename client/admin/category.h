/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What complaints are about, by the names that people use: the rows of server/domain/category.def, which
 * have both languages, so that they are not translated a second time.
 */
#pragma once

#include "common/base.h"
#include "common/span.h"

/* In the language of messages; its number's text, in `out`, where this program does not know it. */
const char *category_label(uint32_t number, char out[16]);

/* By its number, its name ("elevator-fault") or its words in either language. */
bool category_parse(struct str text, uint32_t *out_number) must_check;

/* The groups, as category_parse takes them, for messages: "elevator, water, …". */
void category_list(char *out, size_t max);
