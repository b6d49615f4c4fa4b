/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between messages and JSON, by reflection over the descriptors: the contract of `--json`, described
 * in docs/json.md. It knows no method and no field by name, except that names ending in _id, and
 * `key`, hold UUIDs where they are 16 bytes. jansson keeps the names json_*; ours are message_*.
 *
 *   absent       absent, both ways; JSON null is refused
 *   64-bit       JSON integers up to ±(2^53 − 1), beyond that decimal strings; both are read
 *   enums        by name; a number is read too
 *   bytes        16 bytes of *_id and key: UUID text; others: base64 with padding
 */
#pragma once

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>

#include "common/arena.h"
#include "common/span.h"

#define JSON_DEPTH_MAX 8 /* as CODEC_DEPTH_MAX */

/* Where and why JSON was refused. */
struct json_fault {
	char path[128]; /* ".window.from_us", ".states[1]"; "" where it is the text as a whole */
	char text[128]; /* "want uint32", "no such field", "line 3, column 7: duplicate object key" */
};

/*
 * A new object, to be freed with json_decref.
 *
 *   returns  NULL without memory, or where a text in the message is not UTF-8
 *   shape    fields in the order of the descriptor; repeated ones are left out where they are empty
 */
json_t *message_to_json(const ProtobufCMessage *message) must_check;

/*
 * The message of a JSON object, in the arena.
 *
 *   returns    NULL, and *out_fault is set, where a field is unknown, of the wrong kind or out of
 *              range, or the arena is full
 *   out_fault  untouched on success
 */
ProtobufCMessage *message_from_json(const ProtobufCMessageDescriptor *message, const json_t *json,
	struct arena *arena, struct json_fault *out_fault) must_check;

/* JSON text, one value and nothing behind it; duplicate keys are refused. NULL and *out_fault. */
json_t *json_read(struct str text, struct json_fault *out_fault) must_check;

/* json_read, then message_from_json. */
ProtobufCMessage *message_from_json_text(const ProtobufCMessageDescriptor *message, struct str text,
	struct arena *arena, struct json_fault *out_fault) must_check;
