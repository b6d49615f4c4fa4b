/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UUIDs by RFC 9562: version 7 (time and random) for what is made now, version 8 (from SHA-256) for
 * what must come out the same at every import. Sixteen bytes everywhere inside; text at the edges.
 */
#pragma once

#include "common/base.h"
#include "common/span.h"

#define UUID_BYTES 16
#define UUID_TEXT_LEN 36

struct uuid {
	uint8_t bytes[UUID_BYTES];
};

/* Company-wide things carry it where a community's id would stand. */
extern const struct uuid uuid_nil;

/* Version 7 of the given wall clock (UTC microseconds since 1970); aborts without entropy. */
struct uuid uuid_v7(int64_t utc_us);

/* Version 8: the first 122 free bits of SHA-256 over source, a NUL byte, and name. */
struct uuid uuid_v8(struct str source, struct str name);

bool uuid_equal(struct uuid a, struct uuid b);
bool uuid_is_nil(struct uuid id);
/* Negative, 0, positive, in byte order: PostgreSQL's order of uuid. */
int uuid_compare(struct uuid a, struct uuid b);

/* From exactly 16 bytes. */
struct uuid uuid_from_span(struct span bytes);

/* 8-4-4-4-12 hexadecimal digits of either case; false, and out untouched, for anything else. */
bool uuid_parse(struct str text, struct uuid *out) must_check;
/* Lower case, with a NUL behind. */
void uuid_format(struct uuid id, char out[UUID_TEXT_LEN + 1]);
