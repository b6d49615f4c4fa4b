/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The settings: a struct with a member for each row of config.def. Never a global: whoever needs one is
 * given the struct.
 */
#pragma once

#include <stdio.h>

#include "common/arena.h"
#include "common/err.h"
#include "common/span.h"

/* Members are NUL-terminated texts (in the arena of config_load) or whole numbers. */
struct config {
#define CONFIG_TEXT const char *
#define CONFIG_WHOLE int64_t
#define C(name, type, unit, value, min, max, when, text) CONFIG_##type name;
#include "server/config.def"
#undef C
#undef CONFIG_TEXT
#undef CONFIG_WHOLE
	const char *dir; /* the data directory; absolute */
};

/* What went wrong, for the person at the keyboard. */
struct config_fault {
	char text[256]; /* "guanjia.conf line 3: idle_ms is 5, allowed 1000..3600000 ms" */
};

/* Every setting at its default. */
void config_init(struct config *config, const char *dir);

/*
 * Reads DIR/guanjia.conf (absent is fine) and then the `name=value` texts of --set.
 * ERR_CONFIG with *out_fault for an unknown name, a wrong number, a value out of range; the config is
 * then not to be used. Texts live in the arena.
 */
enum err config_load(struct config *config, struct arena *arena, const char *const *sets,
	size_t set_count, struct config_fault *out_fault);

/* At SIGHUP: takes over the RELOAD rows of `next`; returns how many START rows differ and stay. */
size_t config_reload(struct config *config, const struct config *next);

/* The table of --help-settings: name, unit, range, default, when, text. */
void config_print(FILE *out);
