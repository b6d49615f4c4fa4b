/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a whole frame of a connection means: hello, request, ping, cancel. The state of the connection
 * says which of them it may be.
 */
#pragma once

#include "common/span.h"

struct conn;

/* Acts on one frame's body; may close the connection. */
void frames_take(struct conn *conn, struct span body);
