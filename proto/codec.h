/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between wire bytes and messages. protobuf-c by itself accepts invalid UTF-8, cuts texts at
 * U+0000, lets unknown enum values and overflowing integers in, and allocates without bound; so the
 * wire bytes are walked with the descriptor and the rows of field.def first, and unpacking happens
 * inside an arena with a budget. Nothing here trusts a byte; nothing here keeps state between
 * calls.
 */
#pragma once

#include <protobuf-c/protobuf-c.h>

#include "common/arena.h"
#include "common/buf.h"
#include "common/err.h"
#include "common/span.h"
#include "proto/field.h"

#define CODEC_DEPTH_MAX 8 /* messages, the outermost and those inside; none of ours is recursive */
#define CODEC_FIELDS_MAX 64   /* fields that one message type may have: a test holds ours to it */
#define CODEC_UNKNOWN_MAX 16  /* unknown fields a message, ignored; more are FIELD_UNKNOWN */
#define CODEC_PATH_MAX 96     /* bytes of a field path with its NUL; a longer one is cut */
#define CODEC_ALLOWED_MAX 128 /* bytes of the sentence that says what is allowed, with its NUL */

/* Where and why a message was refused; empty texts where a code says it all. */
struct codec_fault {
	enum err err;
	char field[CODEC_PATH_MAX];      /* "window.from_us", "states[2]" */
	char allowed[CODEC_ALLOWED_MAX]; /* "1..200 characters" */
};

/*
 * Checks the bytes of one message and of all messages inside it, without allocating. Besides the
 * rows and types: a oneof holds exactly one of its members, a message that is not repeated comes
 * once, a number that comes again replaces the one before.
 *
 *   returns    ERR_OK | BODY_MALFORMED | FIELD_MISSING | FIELD_LENGTH | FIELD_RANGE | FIELD_TEXT |
 *              FIELD_ENUM | FIELD_UNKNOWN
 *   out_fault  set unless ERR_OK
 *   source     protobuf encoding guide (wire types 0, 1, 2, 5; groups are refused)
 */
enum err codec_check(
	const ProtobufCMessageDescriptor *message, struct span bytes, struct codec_fault *out_fault);

/*
 * codec_check, then unpacks into the arena, whose budget bounds it; over it, *out_fault is
 * BODY_MALFORMED. The message lives as long as the arena and is never freed by itself.
 */
ProtobufCMessage *codec_decode(const ProtobufCMessageDescriptor *message, struct span bytes,
	struct arena *arena, struct codec_fault *out_fault);

/* Unpacks what we packed and stored ourselves: only the arena's budget holds. NULL if it fails. */
ProtobufCMessage *codec_unpack(
	const ProtobufCMessageDescriptor *message, struct span bytes, struct arena *arena);

/* Packed bytes in the arena; the empty span where it failed, or where nothing is set. */
struct span codec_encode(const ProtobufCMessage *message, struct arena *arena);

/*
 * Appends a whole frame holding this envelope; false, and nothing is added, where it would be
 * larger than FRAME_BODY_BYTES_MAX or the buf has no room for it.
 */
bool codec_frame(const ProtobufCMessage *envelope, struct buf *out) must_check;

/* Small conversions that every user of the generated structs needs. */
struct str codec_str(const char *text);                          /* absent text is the empty text */
struct span codec_span(bool is_there, ProtobufCBinaryData data); /* absent bytes are empty */
ProtobufCBinaryData codec_bytes(struct span bytes);              /* borrows */
