/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What guanjia watch prints: a line an event, for people or as a document for programs, at once.
 */
#pragma once

#include "client/core/client.h"

struct app;
struct position;

void watch_line_event(const struct app *app, const struct client_result *result);
/* Something may have been missed; a position of era 0 is unknown. */
void watch_line_resync(const struct app *app, const struct position *position);
/* For programs alone: everything up to here was told. */
void watch_line_mark(const struct app *app, const struct position *position);
