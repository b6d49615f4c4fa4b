/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/language.h"

#include <langinfo.h>
#include <libintl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

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

void language_init(const char *wanted)
{
	const char *folder = getenv("GUANJIA_LOCALE_DIR"); /* a build that is not installed */

	set_locale();
	if (wanted != NULL) {
		(void)setenv("LANGUAGE", wanted, 1);
		/* In the locale C gettext translates nothing, whatever LANGUAGE says. */
		if (strcmp(setlocale(LC_MESSAGES, NULL), "C") == 0) {
			(void)setlocale(LC_MESSAGES, "C.UTF-8");
		}
	}
	(void)bindtextdomain(DOMAIN, folder == NULL ? GUANJIA_LOCALE_DIR : folder);
	(void)bind_textdomain_codeset(DOMAIN, "UTF-8");
	(void)textdomain(DOMAIN);
}
