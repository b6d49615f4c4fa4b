/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The measurements as text for monitoring: OpenMetrics 1.0, every family once, ended by its EOF line.
 */
#pragma once

#include "common/buf.h"

struct server;

#define METRIC_TEXT_TYPE "application/openmetrics-text; version=1.0.0; charset=utf-8"
#define METRIC_TEXT_BYTES_MAX (4 * 1024 * 1024)

/* Appends it; false where it does not fit, and what is in `out` is not to be shown. */
bool metric_text(struct server *server, struct buf *out) must_check;

/* One line of JSON about the server's health; *out_is_well. */
bool metric_health(struct server *server, struct buf *out, bool *out_is_well) must_check;
