/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/form.h"

#include <stdio.h>

#include "proto/codec.h"

#include "client/admin/account.h"
#include "client/admin/app.h"
#include "client/admin/category.h"
#include "client/admin/command.h"
#include "client/admin/day.h"
#include "client/admin/i18n.h"
#include "client/admin/month.h"
#include "client/admin/place.h"

#define F(option, field, value) {OPTION_##option, #field, FORM_##value},
const struct form_row form_rows[] = {
#include "client/admin/form.def"
};
#undef F
const size_t form_row_count = COUNT(form_rows);

ProtobufCMessage *form_new(struct app *app, const ProtobufCMessageDescriptor *type)
{
	ProtobufCMessage *message = arena_alloc(&app->arena, type->sizeof_message);

	assert(message != NULL); /* an arena of this size holds one request */
	type->message_init(message);
	return message;
}

static const ProtobufCFieldDescriptor *find(const ProtobufCMessage *message, const char *name)
{
	return protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);
}

/* Where the field's value lies; it counts as set from now on. */
static void *place_of(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
	char *base = (char *)message;

	assert(field->label == PROTOBUF_C_LABEL_OPTIONAL);
	if (field->quantifier_offset != 0) { /* texts have no mark of their own */
		*(protobuf_c_boolean *)(void *)(base + field->quantifier_offset) = true;
	}
	return base + field->offset;
}

/* The same for reading; NULL where it is not set. */
static const void *value_of(const ProtobufCMessage *message, const char *name, ProtobufCType type)
{
	const ProtobufCFieldDescriptor *field = find(message, name);
	const char *base = (const char *)message;

	if (field == NULL || field->type != type) {
		return NULL;
	}
	if (field->quantifier_offset != 0 &&
		!*(const protobuf_c_boolean *)(const void *)(base + field->quantifier_offset)) {
		return NULL;
	}
	return base + field->offset;
}

const char *form_text(const ProtobufCMessage *message, const char *field)
{
	const char *const *text = value_of(message, field, PROTOBUF_C_TYPE_STRING);

	return text == NULL ? NULL : *text;
}

int64_t form_time(const ProtobufCMessage *message, const char *field)
{
	const int64_t *us = value_of(message, field, PROTOBUF_C_TYPE_INT64);

	return us == NULL ? 0 : *us;
}

bool form_flag(const ProtobufCMessage *message, const char *field)
{
	const protobuf_c_boolean *flag = value_of(message, field, PROTOBUF_C_TYPE_BOOL);

	return flag != NULL && *flag;
}

void form_set_id(struct app *app, ProtobufCMessage *message, const char *name, struct uuid id)
{
	const ProtobufCFieldDescriptor *field = find(message, name);
	struct span copy = arena_span(&app->arena, span_of(id.bytes, UUID_BYTES));

	assert(field != NULL && field->type == PROTOBUF_C_TYPE_BYTES);
	*(ProtobufCBinaryData *)place_of(message, field) = codec_bytes(copy);
}

void form_set_number(ProtobufCMessage *message, const char *name, uint32_t number)
{
	const ProtobufCFieldDescriptor *field = find(message, name);

	assert(field != NULL && field->type == PROTOBUF_C_TYPE_UINT32);
	*(uint32_t *)place_of(message, field) = number;
}

void form_set_text(ProtobufCMessage *message, const char *name, const char *text)
{
	const ProtobufCFieldDescriptor *field = find(message, name);

	assert(field != NULL && field->type == PROTOBUF_C_TYPE_STRING);
	*(char **)place_of(message, field) = (char *)text;
}

static enum err take_text(struct app *app, const struct form_row *row, ProtobufCMessage *message)
{
	const char *text = app_option(app, row->option);
	enum err err = ERR_OK;

	if (row->value == FORM_TEXT) {
		err = app_text(app, row->option, &text);
	}
	if (err == ERR_OK) {
		form_set_text(message, row->field, text);
	}
	return err;
}

/* Within the bounds of field.def, so that the person is told before anything is sent. */
static enum err take_number(struct app *app, const struct form_row *row, ProtobufCMessage *message)
{
	const struct field_row *bounds = field_row(message->descriptor, row->field);
	uint32_t min = bounds == NULL ? 0 : (uint32_t)bounds->min;
	uint32_t max = bounds == NULL ? INT32_MAX : (uint32_t)bounds->max;
	uint32_t number;
	char name[64];
	enum err err;

	(void)snprintf(name, sizeof(name), "--%s", option_rows[row->option].spelling);
	err = app_number(app, name, app_option(app, row->option), min, max, &number);
	if (err == ERR_OK) {
		form_set_number(message, row->field, number);
	}
	return err;
}

static enum err take_enum(struct app *app, const struct form_row *row, ProtobufCMessage *message,
	const ProtobufCFieldDescriptor *field)
{
	char name[64];
	int value;
	enum err err;

	assert(field->type == PROTOBUF_C_TYPE_ENUM);
	(void)snprintf(name, sizeof(name), "--%s", option_rows[row->option].spelling);
	err = app_enum(app, name, field->descriptor, app_option(app, row->option), &value);
	if (err == ERR_OK) {
		*(int *)place_of(message, field) = value; /* enums of protobuf-c have the size of int */
	}
	return err;
}

static enum err take_time(struct app *app, const struct form_row *row, ProtobufCMessage *message,
	const ProtobufCFieldDescriptor *field)
{
	int64_t us;
	enum err err = app_profile(app);

	assert(field->type == PROTOBUF_C_TYPE_INT64);
	if (err == ERR_OK) {
		err = app_time(app, row->option, &us);
	}
	if (err == ERR_OK) {
		*(int64_t *)place_of(message, field) = us;
	}
	return err;
}

static enum err take_day(struct app *app, const struct form_row *row, ProtobufCMessage *message)
{
	bool is_there = false;
	uint32_t number = 0;
	enum err err = day_option(app, row->option, &is_there, &number);

	if (err == ERR_OK && is_there) {
		form_set_number(message, row->field, number);
	}
	return err;
}

static enum err take_category(
	struct app *app, const struct form_row *row, ProtobufCMessage *message)
{
	const char *text = app_option(app, row->option);
	uint32_t number;
	char list[512];

	if (category_parse(str_from_c(text), &number)) {
		form_set_number(message, row->field, number);
		return ERR_OK;
	}
	category_list(list, sizeof(list));
	return fault_set(
		&app->fault, ERR_USAGE, _("%s: '%s' is none of: %s"), "--category", text, list);
}

static enum err take_id_text(
	struct app *app, const struct form_row *row, const char *text, ProtobufCBinaryData *out)
{
	struct uuid id;

	if (text == NULL || !uuid_parse(str_from_c(text), &id)) {
		return fault_set(&app->fault, ERR_USAGE, _("--%s: '%s' is no UUID"),
			option_rows[row->option].spelling, text == NULL ? "" : text);
	}
	*out = codec_bytes(arena_span(&app->arena, span_of(id.bytes, UUID_BYTES)));
	return ERR_OK;
}

/* As they were typed: one, or for a field that is repeated each that was given. */
static enum err take_ids(struct app *app, const struct form_row *row, ProtobufCMessage *message,
	const ProtobufCFieldDescriptor *field)
{
	ProtobufCBinaryData *ids;
	const char *text;
	size_t count = 0;
	enum err err = ERR_OK;

	assert(field->type == PROTOBUF_C_TYPE_BYTES);
	if (field->label != PROTOBUF_C_LABEL_REPEATED) {
		return take_id_text(app, row, app_option(app, row->option), place_of(message, field));
	}
	ids = arena_alloc(&app->arena, OPTION_MANY_MAX * sizeof(*ids));
	while (err == ERR_OK && (text = options_at(&app->options, row->option, count)) != NULL) {
		err = take_id_text(app, row, text, &ids[count]);
		count++;
	}
	*(size_t *)(void *)((char *)message + field->quantifier_offset) = count;
	*(ProtobufCBinaryData **)(void *)((char *)message + field->offset) = ids;
	return err;
}

static enum err take_month(struct app *app, const struct form_row *row, ProtobufCMessage *message)
{
	const char *text = app_option(app, row->option);
	uint32_t number;

	if (!month_parse(str_from_c(text), &number)) {
		return fault_set(&app->fault, ERR_USAGE, _("--%s: '%s' is no month; a month is 2026-11"),
			option_rows[row->option].spelling, text);
	}
	form_set_number(message, row->field, number);
	return ERR_OK;
}

static enum err take_word(struct app *app, const struct form_row *row, ProtobufCMessage *message,
	const ProtobufCFieldDescriptor *field)
{
	switch (row->value) {
	case FORM_PLAIN:
	case FORM_TEXT:
		return take_text(app, row, message);
	case FORM_NUMBER:
		return take_number(app, row, message);
	case FORM_ENUM:
		return take_enum(app, row, message, field);
	case FORM_TIME:
		return take_time(app, row, message, field);
	case FORM_DAY:
		return take_day(app, row, message);
	case FORM_FLAG:
		assert(field->type == PROTOBUF_C_TYPE_BOOL);
		*(protobuf_c_boolean *)place_of(message, field) = true;
		return ERR_OK;
	case FORM_CATEGORY:
		return take_category(app, row, message);
	case FORM_ID:
		return take_ids(app, row, message, field);
	case FORM_MONTH:
		return take_month(app, row, message);
	case FORM_TEAM:
	case FORM_CREW:
	case FORM_ACCOUNT:
	case FORM_PLACE:
		return ERR_OK; /* form_names */
	}
	unreachable();
}

static enum err take_name(struct app *app, const struct form_row *row, ProtobufCMessage *message,
	const struct uuid *community_id)
{
	const char *text = app_option(app, row->option);
	struct uuid unused;
	struct uuid id;
	enum err err = ERR_OK;

	switch (row->value) {
	case FORM_TEAM:
		err = place_team(app, community_id, text, &id, &unused);
		break;
	case FORM_CREW:
		err = place_crew(app, text, &id);
		break;
	case FORM_ACCOUNT:
		err = account_id(app, text, &id);
		break;
	case FORM_PLACE:
		err = place_by_code(app, community_id, text, &id);
		break;
	case FORM_PLAIN:
	case FORM_TEXT:
	case FORM_NUMBER:
	case FORM_ENUM:
	case FORM_TIME:
	case FORM_DAY:
	case FORM_FLAG:
	case FORM_CATEGORY:
	case FORM_ID:
	case FORM_MONTH:
		return ERR_OK; /* form_words */
	}
	if (err == ERR_OK) {
		form_set_id(app, message, row->field, id);
	}
	return err;
}

enum err form_words(struct app *app, ProtobufCMessage *message)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < form_row_count; i++) {
		const struct form_row *row = &form_rows[i];
		const ProtobufCFieldDescriptor *field = find(message, row->field);

		if (field != NULL && app_option(app, row->option) != NULL) {
			err = take_word(app, row, message, field);
		}
	}
	return err;
}

enum err form_names(struct app *app, ProtobufCMessage *message, const struct uuid *community_id)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < form_row_count; i++) {
		const struct form_row *row = &form_rows[i];

		if (find(message, row->field) != NULL && app_option(app, row->option) != NULL) {
			err = take_name(app, row, message, community_id);
		}
	}
	return err;
}

const struct option_row *form_option(const struct command_row *command, const char *field)
{
	for (size_t i = 0; i < form_row_count; i++) {
		if (option_set_has(command_options(command), form_rows[i].option) &&
			strcmp(form_rows[i].field, field) == 0) {
			return &option_rows[form_rows[i].option];
		}
	}
	return NULL;
}
