/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Says why a file is no sheet, in one sentence.
 */
#pragma once

#include "common/err.h"

#include "common/sheet.h"

struct app;

/* ERR_OK with SHEET_OK; else INPUT, and app->fault says why. */
enum err sheet_refuse(struct app *app, enum sheet_verdict verdict, const struct sheet_fault *fault);
