/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words for people. English in the source is the key, po/ has the rest. _() where a text is shown,
 * N_() where it stands in a table and is shown later. Included by .c files only.
 */
#pragma once

#include <libintl.h>

#define _(text) gettext(text)
#define N_(text) text
