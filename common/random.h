/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random bytes from the kernel, for keys, nonces, salts and ids: without memory, and without a state of
 * the library's that would have to be filled anew just when there is none. They are drawn in larger pieces,
 * since a call costs the same for 12 bytes as for 256, and a command needs some ten of them.
 *
 *   source  getrandom(2)
 */
#pragma once

#include "common/base.h"

/* Ends the program where the kernel has none to give, which it says at its first call or never. */
void random_bytes(void *out, size_t bytes);
