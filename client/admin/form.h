/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests filled from options, by the rows of form.def and the descriptors of the messages: so a step
 * that needs nothing of its own is a row of command.def and no code.
 *
 * What can be wrong without asking anybody is found by form_words, before a connection is made; names
 * are looked up by form_names. Everything lies in the app's arena. The reason of a failure is in
 * app->fault.
 */
#pragma once

#include <protobuf-c/protobuf-c.h>

#include "common/err.h"
#include "common/uuid.h"

#include "client/admin/option.h"

struct app;
struct command_row;

enum form_value {
	FORM_PLAIN,
	FORM_TEXT,
	FORM_NUMBER,
	FORM_ENUM,
	FORM_TIME,
	FORM_DAY,
	FORM_FLAG,
	FORM_CATEGORY,
	FORM_TEAM,
	FORM_CREW,
	FORM_ACCOUNT,
	FORM_PLACE,
	FORM_ID,
	FORM_MONTH,
};

struct form_row {
	enum option_id option;
	const char *field;
	enum form_value value;
};

extern const struct form_row form_rows[];
extern const size_t form_row_count;

/* An empty message; fields are set by the functions below or through its type. */
ProtobufCMessage *form_new(struct app *app, const ProtobufCMessageDescriptor *type);

/* The values that need nobody; loads the profile, for times. ERR_OK | USAGE | INPUT | … */
enum err form_words(struct app *app, ProtobufCMessage *message) must_check;

/* The names; connects. `community_id` is where teams and places are looked for. */
enum err form_names(
	struct app *app, ProtobufCMessage *message, const struct uuid *community_id) must_check;

/* One field by its name, which the message must have, and of this type. Ids are copied. */
void form_set_id(struct app *app, ProtobufCMessage *message, const char *field, struct uuid id);
void form_set_text(ProtobufCMessage *message, const char *field, const char *text); /* borrows */
void form_set_number(ProtobufCMessage *message, const char *field, uint32_t number);

/* What a reply says there; NULL or 0 where it has no such field, or says nothing. */
const char *form_text(const ProtobufCMessage *message, const char *field);
int64_t form_time(const ProtobufCMessage *message, const char *field);
bool form_flag(const ProtobufCMessage *message, const char *field);

/* The option of this command that gives the field; NULL where none does. */
const struct option_row *form_option(const struct command_row *command, const char *field);
