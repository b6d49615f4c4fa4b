/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/day.h"

#include <stdio.h>

#include "common/day.h"

#include "client/admin/app.h"
#include "client/admin/i18n.h"

#define DIGITS 8

bool day_parse(struct str text, uint32_t *out_number)
{
	bool is_plain = text.len == DIGITS;
	uint32_t number = 0;
	int32_t day;

	if (!is_plain && text.len != DIGITS + 2) {
		return false;
	}
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (!is_plain && (i == 4 || i == 7)) {
			if ((c != '-' && c != '/') || c != text.ptr[4]) {
				return false;
			}
			continue;
		}
		if (c < '0' || c > '9') {
			return false;
		}
		number = number * 10 + (uint32_t)(c - '0');
	}
	if (!day_from_number(number, &day)) {
		return false;
	}
	*out_number = number;
	return true;
}

const char *day_format(uint32_t number, char out[DAY_TEXT_MAX])
{
	out[0] = '\0';
	if (number != 0) {
		(void)snprintf(out, DAY_TEXT_MAX, "%04u-%02u-%02u", number / 10000 % 10000,
			number / 100 % 100, number % 100);
	}
	return out;
}

enum err day_option(struct app *app, enum option_id option, bool *out_has, uint32_t *out_number)
{
	const char *text = app_option(app, option);

	*out_has = text != NULL;
	if (text == NULL || day_parse(str_from_c(text), out_number)) {
		return ERR_OK;
	}
	return fault_set(&app->fault, ERR_USAGE, _("--%s: '%s' is no day; like this: 2026-11-24"),
		option_rows[option].spelling, text);
}
