/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What people's keyboards make of numbers and codes: full-width letters from a Chinese input method,
 * dashes of every length, invisible marks that come along from a list of contacts. Pure.
 */
#pragma once

#include "common/base.h"

/*
 * The ASCII character that a typed code point stands for.
 *
 *   returns   a letter, a digit or '+'; ' ' for what only separates or cannot be seen (spaces, dashes,
 *             parentheses, dots, marks of direction); '\0' for everything else
 */
char typed_char(uint32_t point);
