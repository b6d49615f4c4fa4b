/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random bytes good enough for keys and nonces. They are drawn from the library in larger pieces, since a
 * call costs it the same for 12 bytes as for 512, and a command needs some ten of them.
 */
#pragma once

#include "common/base.h"

/* Ends the program where there is no entropy: nothing may go on without. */
void random_bytes(void *out, size_t bytes);
