/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/field.h"

#include <stdio.h>

#include "proto/codec.h"
#include "proto/method.h"

#include "client/admin/command.h"
#include "client/admin/form.h"
#include "client/admin/i18n.h"
#include "client/admin/label.h"

#define NAME_MAX_BYTES 64

/* The name without an index behind it and with dashes: "states[2]" is "states". */
static void plain_name(struct str part, char out[NAME_MAX_BYTES])
{
	size_t len = 0;

	while (len < part.len && len < NAME_MAX_BYTES - 1 && part.ptr[len] != '[') {
		out[len] = part.ptr[len] == '_' ? '-' : part.ptr[len];
		len++;
	}
	out[len] = '\0';
}

static bool has_ending(const char *name, const char *ending)
{
	size_t len = strlen(name);

	return len > strlen(ending) && strcmp(name + len - strlen(ending), ending) == 0;
}

/* Whether an option spells this field: the same word, or one with the usual ending more or less. */
static bool is_spelling(const char *spelling, const char *name)
{
	static const char *const endings[] = {"-id", "-us", "-day", "-min", "s", "-file"};
	size_t len = strlen(spelling);

	if (strcmp(spelling, name) == 0) {
		return true;
	}
	for (size_t i = 0; i < COUNT(endings); i++) {
		if (strncmp(name, spelling, len) == 0 && strcmp(name + len, endings[i]) == 0) {
			return true;
		}
		if (strncmp(name, spelling, strlen(name)) == 0 &&
			strcmp(spelling + strlen(name), endings[i]) == 0) {
			return true;
		}
	}
	return strcmp(name, "time-zone") == 0 && strcmp(spelling, "zone") == 0;
}

/* The option for one part of a path, "from_us" or "photos[2]"; NULL where none gives it. */
static const struct option_row *part_option(const struct command_row *command, struct str part)
{
	char name[NAME_MAX_BYTES];
	char field[NAME_MAX_BYTES];
	const struct option_row *row;

	(void)snprintf(field, sizeof(field), "%.*s", STR_ARG(part));
	field[strcspn(field, "[")] = '\0';
	row = form_option(command, field);
	plain_name(part, name);
	for (int i = 0; row == NULL && i < OPTION_COUNT; i++) {
		if (option_set_has(
				option_set_join(command_must(command), command_may(command)), (enum option_id)i) &&
			is_spelling(option_rows[i].spelling, name)) {
			row = &option_rows[i];
		}
	}
	return row;
}

/* The innermost part that an option gives decides: "materials[2].unit" is --material. */
void field_option(const struct command_row *command, const char *path, char *out, size_t max)
{
	size_t end = strlen(path);

	(void)snprintf(out, max, "%s", path);
	if (strcmp(path, "window") == 0 && command != NULL &&
		option_set_has(command_must(command), OPTION_FROM)) { /* both ends are wrong together */
		(void)snprintf(out, max, "--from, --to");
		return;
	}
	while (command != NULL && end > 0) {
		const char *dot = memrchr(path, '.', end);
		size_t begin = dot == NULL ? 0 : (size_t)(dot - path) + 1;
		const struct option_row *row = part_option(command, str_of(path + begin, end - begin));

		if (row != NULL) {
			(void)snprintf(out, max, "--%s", row->spelling);
			return;
		}
		end = begin == 0 ? 0 : begin - 1;
	}
}

/* Walks a path down from the request; NULL where it leads nowhere. Bounded by the path's length. */
static const ProtobufCFieldDescriptor *field_find(const ProtobufCMessageDescriptor *message,
	const char *path, const ProtobufCMessageDescriptor **out_message)
{
	const ProtobufCFieldDescriptor *field = NULL;

	while (*path != '\0') {
		size_t len = strcspn(path, ".");
		size_t name_len = strcspn(path, ".[");
		char name[NAME_MAX_BYTES];

		if (message == NULL || name_len >= sizeof(name)) {
			return NULL;
		}
		memcpy(name, path, name_len);
		name[name_len] = '\0';
		field = protobuf_c_message_descriptor_get_field_by_name(message, name);
		if (field == NULL) {
			return NULL;
		}
		*out_message = message;
		message = field->type == PROTOBUF_C_TYPE_MESSAGE ? field->descriptor : NULL;
		path += len + (path[len] == '.' ? 1 : 0);
	}
	return field;
}

bool field_allowed(const struct method_row *method, const char *path, char *out, size_t max)
{
	const ProtobufCMessageDescriptor *message = NULL;
	const ProtobufCFieldDescriptor *field = field_find(method->request, path, &message);
	const struct field_row *row = field == NULL ? NULL : field_row(message, field->name);

	if (field == NULL) {
		return false;
	}
	if (field->type == PROTOBUF_C_TYPE_ENUM && field->label != PROTOBUF_C_LABEL_REPEATED) {
		label_list(field->descriptor, out, max);
		return true;
	}
	if (row == NULL || has_ending(field->name, "_us")) {
		return false;
	}
	if (row->measure == FIELD_TEXT) {
		(void)snprintf(
			out, max, _("%lld to %lld characters"), (long long)row->min, (long long)row->max);
	} else if (row->measure == FIELD_NUMBER) {
		(void)snprintf(out, max, _("%lld to %lld"), (long long)row->min, (long long)row->max);
	} else if (row->measure == FIELD_COUNT) {
		(void)snprintf(out, max, _("at most %lld"), (long long)row->max);
	} else {
		return false;
	}
	return true;
}
