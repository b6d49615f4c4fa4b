/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The methods as data, for server and clients alike. Rights appear by name only: which role holds
 * which right is the server's business (server/domain/right.def).
 */
#pragma once

#include <protobuf-c/protobuf-c.h>

#include "common/span.h"

enum method_kind { METHOD_KIND_READ, METHOD_KIND_WRITE, METHOD_KIND_SESSION, METHOD_KIND_PIECE };

enum method {
#define M(noun, verb, message, right, kind, ms, bytes) METHOD_##noun##_##verb,
#include "proto/method.def"
#undef M
	METHOD_COUNT
};

struct method_row {
	const char *name;  /* "complaint.accept" */
	const char *right; /* "COMPLAINT_LEAD" */
	enum method_kind kind;
	uint32_t deadline_ms;
	uint32_t body_bytes_max;
	const ProtobufCMessageDescriptor *request;
	const ProtobufCMessageDescriptor *reply;
};

extern const struct method_row method_rows[METHOD_COUNT];

/* NULL where there is no method of this name. */
const struct method_row *method_find(struct str name);

enum topic {
#define P(topic, message, right) TOPIC_##topic,
#include "proto/push.def"
#undef P
	TOPIC_COUNT
};

struct topic_row {
	const char *name;
	const char *right;
	const ProtobufCMessageDescriptor *message;
};

extern const struct topic_row topic_rows[TOPIC_COUNT];

/* NULL where there is no topic of this name. */
const struct topic_row *topic_find(struct str name);
