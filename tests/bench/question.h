/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is asked again and again: a whole frame, encoded once, in which only ids change from one
 * request to the next. It owns its bytes.
 */
#pragma once

#include "common/uuid.h"
#include "proto/method.h"

enum question_kind {
	QUESTION_GET,
	QUESTION_LIST,
	QUESTION_SUBMIT,
	QUESTION_ACCEPT,
	QUESTION_COUNT
};

/* Where an id stands in the frame; some questions have not all of them. */
enum question_place {
	QUESTION_COMMUNITY,
	QUESTION_COMPLAINT,
	QUESTION_TEAM,
	QUESTION_WHERE,
	QUESTION_KEY,
	QUESTION_PLACES,
};

#define QUESTION_LIMIT 50 /* rows of a list */

/* Request ids from here on are varints of four bytes. */
#define QUESTION_ID_MIN (UINT64_C(1) << 21)
#define QUESTION_ID_MAX ((UINT64_C(1) << 28) - 1)

struct question {
	enum question_kind kind;
	enum method method;
	uint8_t *bytes;
	size_t len;
	size_t id_at;
	size_t at[QUESTION_PLACES]; /* 0: not in this one */
	size_t phone_at;            /* … */
};

/* The kind of this name, "get"; false where there is none. */
bool question_parse(const char *name, enum question_kind *out) must_check;

void question_init(struct question *question, enum question_kind kind);
void question_fini(struct question *question);

/* Writes a request's own id into the frame. */
void question_set_id(struct question *question, uint64_t id);
/* The same for a record's; nothing where this question has no such place. */
void question_set(struct question *question, enum question_place place, struct uuid id);
/* And for the telephone of whoever calls: households have one of their own each. */
void question_set_phone(struct question *question, uint64_t number);

/* The first frames of a connection, made once: to be freed. */
uint8_t *question_hello(size_t *out_len) must_check;
uint8_t *question_resume(struct uuid account_id, size_t *out_len) must_check;
