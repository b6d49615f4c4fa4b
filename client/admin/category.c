/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/category.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "client/admin/language.h"

#define GROUP_STEP 100 /* a group's number is a multiple of it */

struct category_row {
	uint32_t number;
	const char *name; /* ELEVATOR_FAULT */
	const char *zh;
	const char *en;
};

#define CATEGORY(number, name, zh, en) {number, #name, zh, en},
#define SUBCATEGORY(number, group, name, zh, en) {number, #group "_" #name, zh, en},
static const struct category_row rows[] = {
#include "server/domain/category.def"
};
#undef CATEGORY
#undef SUBCATEGORY

const char *category_label(uint32_t number, char out[16])
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (rows[i].number == number) {
			return language_is_chinese() ? rows[i].zh : rows[i].en;
		}
	}
	(void)snprintf(out, 16, "%u", (unsigned)number);
	return out;
}

/* "elevator-fault" is ELEVATOR_FAULT, and so is "Elevator fault". */
static bool is_name(const char *name, struct str text)
{
	if (strlen(name) != text.len) {
		return false;
	}
	for (size_t i = 0; i < text.len; i++) {
		char typed = text.ptr[i] == '-' || text.ptr[i] == ' ' ? '_' : text.ptr[i];

		if (toupper((unsigned char)typed) != name[i]) {
			return false;
		}
	}
	return true;
}

static bool is_number(uint32_t number, struct str text)
{
	char digits[16];

	(void)snprintf(digits, sizeof(digits), "%u", (unsigned)number);
	return str_equal(str_from_c(digits), text);
}

bool category_parse(struct str text, uint32_t *out_number)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct category_row *row = &rows[i];

		if (is_number(row->number, text) || is_name(row->name, text) ||
			str_equal(str_from_c(row->zh), text) || str_equal(str_from_c(row->en), text)) {
			*out_number = row->number;
			return true;
		}
	}
	return false;
}

void category_list(char *out, size_t max)
{
	size_t len = 0;

	assert(max > 0);
	out[0] = '\0';
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *name = rows[i].name;

		if (rows[i].number % GROUP_STEP != 0) {
			continue;
		}
		if (len + strlen(name) + 3 > max) {
			return;
		}
		if (len > 0) {
			out[len++] = ',';
			out[len++] = ' ';
		}
		for (size_t k = 0; name[k] != '\0'; k++) {
			out[len++] = name[k] == '_' ? '-' : (char)tolower((unsigned char)name[k]);
		}
		out[len] = '\0';
	}
}
