/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Wire bytes of a message of any type, made from its descriptor and the rows of field.def: valid,
 * or with exactly one flaw. Tests, seeds and the fuzzers' mutator share it, so a new message or row
 * is covered by all of them as soon as it exists.
 */
#pragma once

#include <protobuf-c/protobuf-c.h>

#include "common/buf.h"
#include "proto/field.h"

/* Messages inside messages that a specimen has; deeper ones are left out. */
#define SPECIMEN_DEPTH_MAX 4

enum specimen_kind {
	SPECIMEN_LEAST,  /* only what must be there, at its least */
	SPECIMEN_MODEST, /* every field, small */
	SPECIMEN_MOST,   /* every field at its most; every character has four bytes */
	SPECIMEN_RANDOM, /* within what is allowed, by chance */
};

enum specimen_flaw {
	FLAW_NONE,
	FLAW_MISSING, /* the field is left out */
	FLAW_BELOW,   /* one less than its least */
	FLAW_ABOVE,   /* one more than its most */
};

struct specimen {
	enum specimen_kind kind;
	enum specimen_flaw flaw;
	const struct field_row *flawed; /* the row that the flaw is in; NULL with FLAW_NONE */
	size_t member;                  /* which member of a oneof to take, modulo how many it has */
	uint64_t random;                /* state of SPECIMEN_RANDOM */
};

/* Appends the encoded message. */
void specimen_message(
	struct specimen *specimen, const ProtobufCMessageDescriptor *message, struct buf *out);

/* Appends one value of the field with its key; a message is one of SPECIMEN_DEPTH_MAX or less. */
void specimen_field(struct specimen *specimen, const ProtobufCMessageDescriptor *message,
	const ProtobufCFieldDescriptor *field, struct buf *out);

/* The next number by chance, below a limit that is not 0. */
uint64_t specimen_random(struct specimen *specimen, uint64_t limit);
