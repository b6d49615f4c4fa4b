/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/label.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "client/admin/i18n.h"

#define PACKAGE "guanjia.v1."

#define L(enum_name, value, words) {enum_name, value, words},
const struct label_row label_rows[] = {
#include "client/admin/label.def"
};
#undef L
const size_t label_row_count = COUNT(label_rows);

const char *label_of_name(const char *type_name, const char *value)
{
	for (size_t i = 0; i < label_row_count; i++) {
		if (strcmp(label_rows[i].value, value) == 0 &&
			strcmp(label_rows[i].enum_name, type_name) == 0) {
			return _(label_rows[i].words);
		}
	}
	return value;
}

static const char *type_name(const ProtobufCEnumDescriptor *type)
{
	assert(strncmp(type->name, PACKAGE, strlen(PACKAGE)) == 0);
	return type->name + strlen(PACKAGE);
}

const char *label_of(const ProtobufCEnumDescriptor *type, int value, char out[16])
{
	const ProtobufCEnumValue *row = protobuf_c_enum_descriptor_get_value(type, value);

	if (row == NULL) {
		(void)snprintf(out, 16, "%d", value);
		return out;
	}
	return label_of_name(type_name(type), row->name);
}

/* "on-site" is ON_SITE. */
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

bool label_parse(const ProtobufCEnumDescriptor *type, struct str text, int *out_value)
{
	for (unsigned i = 0; i < type->n_values; i++) {
		const ProtobufCEnumValue *value = &type->values[i];
		const char *words = label_of_name(type_name(type), value->name);

		if (is_name(value->name, text) || str_equal(str_from_c(words), text)) {
			*out_value = value->value;
			return true;
		}
	}
	return false;
}

void label_list(const ProtobufCEnumDescriptor *type, char *out, size_t max)
{
	size_t len = 0;

	assert(max > 0);
	out[0] = '\0';
	for (unsigned i = 0; i < type->n_values; i++) {
		const char *name = type->values[i].name;

		if (len + strlen(name) + 3 > max) {
			return;
		}
		if (i > 0) {
			out[len++] = ',';
			out[len++] = ' ';
		}
		for (size_t k = 0; name[k] != '\0'; k++) {
			out[len++] = name[k] == '_' ? '-' : (char)tolower((unsigned char)name[k]);
		}
		out[len] = '\0';
	}
}
