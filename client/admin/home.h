/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The folder that profiles live in, mode 0700, and its files NAME.ini (profile.h), NAME.session
 * (token.h) and NAME.recent (recent.h).
 *
 *     $GUANJIA_HOME, or $XDG_CONFIG_HOME/guanjia, or $HOME/.config/guanjia
 */
#pragma once

#include <limits.h>

#include "common/arena.h"
#include "common/err.h"
#include "common/span.h"

struct fault;

#define HOME_NAME_MAX 32 /* bytes of a profile's name */
#define HOME_FILE_BYTES_MAX (256 * 1024)

/* Letters, digits, . _ - and no . or - at the beginning. */
bool home_name_is_valid(const char *name);

/*
 * Reads one file of a profile.
 *
 *   name     valid
 *   ending   "ini"
 *   returns  ERR_OK | NOT_FOUND, and *fault is untouched | CONFIG
 */
enum err home_read(const char *name, const char *ending, struct arena *arena, struct str *out,
	struct fault *fault) must_check;

/* Replaces it whole, mode 0600; the folder is made where it is missing. CONFIG | OUTPUT. */
enum err home_replace(
	const char *name, const char *ending, struct str text, struct fault *fault) must_check;

/* Removes it; one that is not there is fine. */
void home_remove(const char *name, const char *ending);

struct home_name {
	char text[HOME_NAME_MAX + 1];
};

/* Names that have a file of this ending, in order, at most max; none where there is no folder. */
enum err home_names(const char *ending, struct home_name *out, size_t max, size_t *out_count,
	struct fault *fault) must_check;
