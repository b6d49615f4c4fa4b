/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The timeline of a complaint: a line for each step, and below it what the step brought. Nothing is cut,
 * for it is what people answer for.
 */
#pragma once

#include "complaint.pb-c.h"

struct app;

/* Prints to standard output, oldest first as they come; the names of teams and crews are loaded. */
void timeline_print(struct app *app, Pb__ComplaintEvent *const *events, size_t count);

/* "2026-11-24 10:00 – 2026-11-24 12:00", in the app's arena; the empty text without a window. */
const char *timeline_window(struct app *app, const Pb__TimeWindow *window);
