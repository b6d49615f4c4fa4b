/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why a command failed, gathered where it happened and said once, at the end, on standard error:
 * as a sentence for people, or as a JSON object for programs (docs/cli-json.md).
 */
#pragma once

#include <stdio.h>

#include <jansson.h>

#include "common/base.h"
#include "common/err.h"
#include "common/span.h"
#include "common/uuid.h"

struct client_result;
struct command_row;
struct method_row;

struct message_row {
	enum err err;
	const char *sentence; /* English; shown through gettext */
	const char *hint;     /* the same; NULL: nothing to add */
};

extern const struct message_row message_rows[];
extern const size_t message_row_count;

/* All texts are empty where nothing is to say. */
struct fault {
	enum err err;
	char code[64];     /* as the server sent it; else the err's name */
	char field[96];    /* path of the refused field of the request */
	char allowed[128]; /* what is allowed there, in the server's words */
	char detail[512];  /* more words, in the person's language */
	char hint[256];    /* what to do, in the person's language; empty: the row's */
	bool has_retry_after;
	uint32_t retry_after_ms;
	const struct method_row *method; /* what was asked; NULL: nothing */
	json_t *current;                 /* the record as it is now; owned; NULL: none was sent */
	char
		trace[UUID_TEXT_LEN + 1]; /* what the server's log has about it; empty: nothing was asked */
};

/* Begins anew with this error; the format gives `detail`. Returns err. */
enum err fault_set(struct fault *fault, enum err err, const char *format, ...) printf_like(3, 4);

/* The same without a detail. */
enum err fault_set_plain(struct fault *fault, enum err err);

/* Sets what to do, after fault_set. Returns the fault's err. */
enum err fault_hint(struct fault *fault, const char *format, ...) printf_like(2, 3);

/* From a result that is not ERR_OK; returns its err. */
enum err fault_from_result(struct fault *fault, struct client_result *result);

void fault_fini(struct fault *fault);

/* The sentence of an err in the person's language. */
const char *fault_sentence(enum err err);

/*
 * Three lines at most: the sentence with its details, what to do, and what to quote to whoever reads the
 * server's log.
 *
 *   command  whose options fields are named after; NULL where it is not known
 */
void fault_print(const struct fault *fault, const struct command_row *command, FILE *out);

/* One line: {"error":{…}}. */
void fault_print_json(const struct fault *fault, FILE *out);
