/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/bulk.h"

#include <stdio.h>
#include <string.h>

#include "common/arena.h"
#include "common/sha256.h"

#define HEAD_BYTES 10 /* of an id; behind them is the digest */

const struct bulk_step bulk_steps[] = {
#define B(name, method, to, reason) {#name, METHOD_##method, BULK_TO_##to, BULK_REASON_##reason},
#include "client/admin/bulk.def"
#undef B
};
const size_t bulk_step_count = COUNT(bulk_steps);

const struct bulk_step *bulk_step_find(const char *name)
{
	for (size_t i = 0; i < bulk_step_count; i++) {
		if (strcmp(bulk_steps[i].name, name) == 0) {
			return &bulk_steps[i];
		}
	}
	return NULL;
}

void bulk_step_list(char *out, size_t max)
{
	size_t len = 0;

	assert(max > 0);
	out[0] = '\0';
	for (size_t i = 0; i < bulk_step_count && len < max; i++) {
		int more = snprintf(out + len, max - len, "%s%s", i == 0 ? "" : ", ", bulk_steps[i].name);

		len += more < 0 ? max : (size_t)more;
	}
}

struct str bulk_what(struct arena *arena, const struct options *options, struct option_set which)
{
	struct str what = STR("");

	for (size_t i = 0; i < options->argument_count; i++) {
		what = arena_printf(arena, "%.*s%s\n", STR_ARG(what), options->arguments[i]);
	}
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (option_set_has(which, (enum option_id)i) && options->values[i] != NULL) {
			what = arena_printf(
				arena, "%.*s--%s=%s\n", STR_ARG(what), option_rows[i].spelling, options->values[i]);
		}
	}
	for (size_t i = 0; i < options->many_count; i++) {
		if (option_set_has(which, options->many[i].option)) {
			what = arena_printf(arena, "%.*s--%s=%s\n", STR_ARG(what),
				option_rows[options->many[i].option].spelling, options->many[i].value);
		}
	}
	return what;
}

/* Sets the last six bytes, and the marks of a UUID whose making is its maker's business (RFC 9562, version 8). */
static void finish(struct uuid *id, struct str what)
{
	uint8_t digest[SHA256_BYTES];

	id->bytes[6] = (uint8_t)((id->bytes[6] & 0x0f) | 0x80);
	id->bytes[8] = (uint8_t)((id->bytes[8] & 0x3f) | 0x80);
	sha256_parts(
		(const struct span[]){span_of(id->bytes, HEAD_BYTES), span_from_str(what)}, 2, digest);
	memcpy(id->bytes + HEAD_BYTES, digest, UUID_BYTES - HEAD_BYTES);
}

struct uuid bulk_id_new(struct str what, int64_t now_us)
{
	struct uuid id = uuid_v7(now_us);

	finish(&id, what);
	return id;
}

bool bulk_id_fits(struct uuid id, struct str what)
{
	struct uuid again = id;

	finish(&again, what);
	return uuid_equal(id, again);
}

struct uuid bulk_key(struct uuid bulk_id, struct uuid complaint_id)
{
	return uuid_v8(str_of((const char *)bulk_id.bytes, UUID_BYTES),
		str_of((const char *)complaint_id.bytes, UUID_BYTES));
}
