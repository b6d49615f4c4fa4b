/* SPDX-License-Identifier: Apache-2.0 */
#include "server/outgoing.h"

#include <jansson.h>

#include "common/clock.h"
#include "complaint.pb-c.h"

#define DELAY_US_MIN (10 * US_PER_S)
#define DELAY_US_MAX (3600 * US_PER_S)
#define AGE_US_MAX (48 * 3600 * US_PER_S)

const char *outgoing_kind_name(int kind)
{
	switch (kind) {
#define OUTGOING(number, name, text) \
	case number: \
		return #name;
#include "server/outgoing.def"
#undef OUTGOING
	default:
		return "UNKNOWN"; /* of a server that knows more than this one */
	}
}

/* A language tag (BCP 47). */
static const char *language_tag(int language)
{
	switch (language) {
	case PB__COMPLAINT__LANGUAGE__ZH:
		return "zh";
	case PB__COMPLAINT__LANGUAGE__EN:
		return "en";
	default:
		return "und"; /* undetermined */
	}
}

/* Wipes the library's copies of receiver and text, and frees the object. */
static void forget(json_t *object)
{
	static const char *const secret[] = {"to", "text"};

	for (size_t i = 0; i < COUNT(secret); i++) {
		const json_t *value = json_object_get(object, secret[i]);

		if (json_is_string(value)) {
			explicit_bzero((char *)(uintptr_t)json_string_value(value), json_string_length(value));
		}
	}
	json_decref(object);
}

static void add(json_t *object, const char *key, json_t *value)
{
	int failed = json_object_set_new(object, key, value);

	/* Words are ours, and UTF-8; what is left is memory, without which nothing goes on. */
	assert(failed == 0);
}

static void add_words(json_t *object, const struct outgoing_message *message)
{
	assert(message->to.len > 0 && message->to.len <= OUTGOING_TO_BYTES_MAX);
	assert(message->text.len > 0 && message->text.len <= OUTGOING_TEXT_BYTES_MAX);
	add(object, "to", json_stringn(message->to.ptr, message->to.len));
	add(object, "text", json_stringn(message->text.ptr, message->text.len));
}

/* The object's text, and its end; empty where the arena failed. */
static struct str write_out(struct arena *arena, json_t *object)
{
	size_t len = json_dumpb(object, NULL, 0, JSON_COMPACT);
	char *out = len > 0 ? arena_alloc(arena, len) : NULL;

	assert(len > 0 && len <= OUTGOING_JSON_BYTES_MAX);
	if (out != NULL) {
		(void)json_dumpb(object, out, len, JSON_COMPACT);
	}
	forget(object);
	return out == NULL ? (struct str){NULL, 0} : str_of(out, len);
}

struct span outgoing_seal(struct arena *arena, const struct seal *seal, struct uuid community_id,
	struct uuid outgoing_id, const struct outgoing_message *message)
{
	struct span sealed;
	struct str plain;
	json_t *object;

	if (arena->failed) {
		return (struct span){NULL, 0}; /* the words are not all there, either */
	}
	object = json_object();
	add_words(object, message);
	plain = write_out(arena, object);
	if (plain.len == 0) {
		return (struct span){NULL, 0};
	}
	sealed = seal_outgoing(seal, arena, community_id, outgoing_id, plain);
	explicit_bzero((char *)(uintptr_t)plain.ptr, plain.len);
	return sealed;
}

/* A copy in the arena of a text of 1 to max bytes; false where it is none. */
static bool take(
	struct arena *arena, const json_t *object, const char *key, size_t max, struct str *out)
{
	const json_t *value = json_object_get(object, key);
	size_t len = json_string_length(value);

	if (len == 0 || len > max) {
		return false; /* the length of what is no string is 0 */
	}
	*out = arena_str(arena, str_of(json_string_value(value), len));
	return !arena->failed;
}

bool outgoing_open(struct arena *arena, const struct seal *seal, struct uuid community_id,
	struct uuid outgoing_id, struct span sealed, struct outgoing_message *out)
{
	struct str plain;
	struct str text;
	struct str to;
	json_t *object;
	bool is_whole;

	if (!seal_outgoing_open(seal, arena, community_id, outgoing_id, sealed, &plain)) {
		return false;
	}
	object = json_loadb(plain.ptr, plain.len, JSON_REJECT_DUPLICATES, NULL);
	explicit_bzero((char *)(uintptr_t)plain.ptr, plain.len);
	is_whole = take(arena, object, "to", OUTGOING_TO_BYTES_MAX, &to) &&
	           take(arena, object, "text", OUTGOING_TEXT_BYTES_MAX, &text);
	forget(object);
	if (is_whole) {
		out->to = to;
		out->text = text;
	}
	return is_whole;
}

struct str outgoing_json(struct arena *arena, struct uuid community_id, struct uuid outgoing_id,
	int64_t made_us, const struct outgoing_message *message)
{
	char id[UUID_TEXT_LEN + 1];
	char community[UUID_TEXT_LEN + 1];
	json_t *object = json_object();

	uuid_format(outgoing_id, id);
	uuid_format(community_id, community);
	add(object, "id", json_string(id));
	add(object, "community_id", json_string(community));
	add(object, "kind", json_string(outgoing_kind_name(message->kind)));
	add(object, "language", json_string(language_tag(message->language)));
	add_words(object, message);
	add(object, "made_us", json_integer(made_us));
	return write_out(arena, object);
}

int64_t outgoing_delay_us(int32_t try_count)
{
	int64_t delay_us = DELAY_US_MIN;

	assert(try_count >= 1);
	for (int32_t i = 1; i < try_count && delay_us < DELAY_US_MAX; i++) {
		delay_us *= 2;
	}
	return delay_us < DELAY_US_MAX ? delay_us : DELAY_US_MAX;
}

bool outgoing_is_too_old(int64_t age_us)
{
	return age_us >= AGE_US_MAX;
}
