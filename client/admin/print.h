/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers on standard output: one JSON document for programs, or lines and tables for people.
 */
#pragma once

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>

#include "common/err.h"
#include "common/span.h"

#include "proto/method.h"

struct app;

/* A message as JSON; REPLY_MALFORMED where it cannot be shown so. */
enum err print_message(struct app *app, const ProtobufCMessage *message) must_check;

/*
 * One call (link_call), and then its reply for programs, or the note for people.
 *
 *   note   in the person's language, about what was done
 */
enum err print_call(struct app *app, enum method method, const ProtobufCMessage *request,
	const char *note) must_check;

/* A document of the program's own; takes the reference. */
void print_json(json_t *json);

/* "label:   text", the texts of a list of pairs below each other; nothing for an empty text. */
void print_pair(const char *label, struct str text);
void print_pair_c(const char *label, const char *text);

/* The same for an id; nothing where it is not 16 bytes. */
void print_id(const char *label, struct span id);

/* A line from the program itself to a person, on standard error; nothing with --json. */
void print_note(const struct app *app, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
