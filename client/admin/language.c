/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/language.h"

#include <langinfo.h>
#include <libintl.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DOMAIN "guanjia"

/* What POSIX takes for messages: the first of these that is set and not empty. */
static const char *environment_locale(void)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && value[0] != '\0') {
			return value;
		}
	}
	return NULL;
}

/* The locale by the environment, or C.UTF-8 with the environment's language. */
static void set_locale(void)
{
	const char *name = environment_locale();

	if (setlocale(LC_ALL, "") != NULL && strcmp(nl_langinfo(CODESET), "UTF-8") == 0) {
		return;
	}
	(void)setlocale(LC_ALL, "C.UTF-8");
	if (name != NULL) {
		(void)setenv("LANGUAGE", name, 0); /* gettext cuts ".GB18030" off by itself */
	}
}

/* Of a program that runs where it was built: BUILD/po beside BUILD/client/admin. */
static const char *build_folder(char *out, size_t out_max)
{
	char program[PATH_MAX] = "";
	char *slash;

	if (readlink("/proc/self/exe", program, sizeof(program) - 1) <= 0 ||
		(slash = strrchr(program, '/')) == NULL) {
		return NULL;
	}
	*slash = '\0';
	if (snprintf(out, out_max, "%s/../../po", program) >= (int)out_max || access(out, X_OK) != 0) {
		return NULL;
	}
	return out;
}

/* Where the translations are: as told, where this was built, where it is installed. */
static const char *folder_of(char *room, size_t room_bytes)
{
	const char *told = getenv("GUANJIA_LOCALE_DIR");
	const char *built = told == NULL ? build_folder(room, room_bytes) : NULL;

	return told != NULL ? told : built != NULL ? built : GUANJIA_LOCALE_DIR;
}

void language_init(const char *wanted)
{
	char room[PATH_MAX + 16];

	set_locale();
	if (wanted != NULL) {
		(void)setenv("LANGUAGE", wanted, 1);
		/* In the locale C gettext translates nothing, whatever LANGUAGE says. */
		if (strcmp(setlocale(LC_MESSAGES, NULL), "C") == 0) {
			(void)setlocale(LC_MESSAGES, "C.UTF-8");
		}
	}
	(void)bindtextdomain(DOMAIN, folder_of(room, sizeof(room)));
	(void)bind_textdomain_codeset(DOMAIN, "UTF-8");
	(void)textdomain(DOMAIN);
}

bool language_is_chinese(void)
{
	/* The translation of nothing is the catalogue's header; English has no catalogue. */
	return strstr(gettext(""), "\nLanguage: zh") != NULL;
}
