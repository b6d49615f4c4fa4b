/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that every message of every method and push survives the way through JSON: specimens made
 * from the descriptors go message → text → message and encode to the same bytes. What each kind of
 * value looks like, and every refusal with its path and words, are tables of cases.
 */
#include "tests/check.h"

#include "client/core/json.h"
#include "proto/codec.h"
#include "proto/method.h"

#include "tests/proto/specimen.h"

#include "complaint.pb-c.h"
#include "envelope.pb-c.h"
#include "server.pb-c.h"

#define MESSAGE_BYTES_MAX ((size_t)4 * 1024 * 1024)
#define ARENA_BYTES_MAX ((size_t)64 * 1024 * 1024)

static void check_round_trip(struct specimen *specimen, const ProtobufCMessageDescriptor *shape)
{
	struct arena arena;
	struct buf bytes;
	struct json_fault fault = {0};
	ProtobufCMessage *message;
	ProtobufCMessage *read;
	json_t *json;
	char *text;

	arena_init(&arena, ARENA_BYTES_MAX);
	buf_init(&bytes, MESSAGE_BYTES_MAX);
	specimen_message(specimen, shape, &bytes);
	message = codec_unpack(shape, buf_readable(&bytes), &arena);
	CHECK(message != NULL);
	json = message_to_json(message);
	CHECK(json != NULL);
	text = json_dumps(json, JSON_COMPACT);
	read = message_from_json_text(shape, str_from_c(text), &arena, &fault);
	CHECK_STR_EQ(fault.path, "");
	CHECK_STR_EQ(fault.text, "");
	CHECK(read != NULL);
	CHECK(span_equal(codec_encode(read, &arena), codec_encode(message, &arena)));
	free(text);
	json_decref(json);
	buf_fini(&bytes);
	arena_fini(&arena);
}

static void check_all_kinds(const ProtobufCMessageDescriptor *shape)
{
	static const enum specimen_kind kinds[] = {
		SPECIMEN_LEAST, SPECIMEN_MODEST, SPECIMEN_MOST, SPECIMEN_RANDOM, SPECIMEN_RANDOM};

	for (size_t i = 0; i < COUNT(kinds) && !check_failed(); i++) {
		struct specimen specimen = {.kind = kinds[i], .random = i};

		check_round_trip(&specimen, shape);
	}
	if (check_failed()) {
		printf("# message %s\n", shape->short_name);
	}
}

static void test_every_message_comes_back_the_same(void)
{
	for (size_t i = 0; i < METHOD_COUNT; i++) {
		check_all_kinds(method_rows[i].request);
		check_all_kinds(method_rows[i].reply);
	}
	for (size_t i = 0; i < TOPIC_COUNT; i++) {
		check_all_kinds(topic_rows[i].message);
	}
}

static void test_every_envelope_comes_back_the_same(void)
{
	for (size_t member = 0; member < 9; member++) {
		struct specimen specimen = {.kind = SPECIMEN_MODEST, .member = member};

		check_round_trip(&specimen, &pb__envelope__descriptor);
	}
}

/* Text to message to text: what is read, and what is written then. */
static const struct {
	const ProtobufCMessageDescriptor *shape;
	const char *given;
	const char *written;
} forms[] = {
	{&pb__complaint__descriptor, "{}", "{}"},
	/* times and versions are numbers, enums names; a number is read too */
	{&pb__complaint__descriptor,
		"{\"state\":\"CLOSED\",\"version\":3,\"changed_us\":1800000000000000}",
		"{\"version\":3,\"state\":\"CLOSED\",\"changed_us\":1800000000000000}"},
	{&pb__complaint__descriptor, "{\"state\":100}", "{\"state\":\"CLOSED\"}"},
	/* 16 bytes of an id are a UUID, others base64 */
	{&pb__complaint__descriptor, "{\"team_id\":\"0192F3A0-0000-7000-8000-0000000000AB\"}",
		"{\"team_id\":\"0192f3a0-0000-7000-8000-0000000000ab\"}"},
	{&pb__complaint__descriptor, "{\"team_id\":\"Zm9v\"}", "{\"team_id\":\"Zm9v\"}"},
	{&pb__complaint_list__descriptor, "{\"cursor\":\"AAECAwQFBgcICQoLDA0ODw==\"}",
		"{\"cursor\":\"AAECAwQFBgcICQoLDA0ODw==\"}"},
	{&pb__request__descriptor, "{\"key\":\"0192f3a0-0000-7000-8000-0000000000ab\"}",
		"{\"key\":\"0192f3a0-0000-7000-8000-0000000000ab\"}"},
	/* 64 bits: numbers up to 2^53 - 1, digits beyond; both are read */
	{&pb__position__descriptor, "{\"xid\":9007199254740991,\"seq\":-9007199254740991}",
		"{\"xid\":9007199254740991,\"seq\":-9007199254740991}"},
	{&pb__position__descriptor, "{\"xid\":9007199254740992,\"seq\":-9007199254740992}",
		"{\"xid\":\"9007199254740992\",\"seq\":\"-9007199254740992\"}"},
	{&pb__position__descriptor,
		"{\"xid\":\"18446744073709551615\",\"seq\":\"-9223372036854775808\"}",
		"{\"xid\":\"18446744073709551615\",\"seq\":\"-9223372036854775808\"}"},
	{&pb__position__descriptor, "{\"xid\":\"7\",\"seq\":\"0\"}", "{\"xid\":7,\"seq\":0}"},
	/* what is set to nothing is there; what is absent is not; no elements are as absent */
	{&pb__complaint__descriptor, "{\"title\":\"\",\"version\":0,\"window\":{}}",
		"{\"version\":0,\"title\":\"\",\"window\":{}}"},
	{&pb__complaint_list__descriptor, "{\"states\":[]}", "{}"},
	{&pb__complaint_list__descriptor, "{\"states\":[\"SUBMITTED\",2],\"only_open\":false}",
		"{\"states\":[\"SUBMITTED\",\"ACCEPTED\"],\"only_open\":false}"},
	{&pb__complaint__descriptor, "{\"text\":\"电梯不动了 \\ud83c\\udfe0\"}",
		"{\"text\":\"电梯不动了 🏠\"}"},
	{&pb__envelope__descriptor, "{\"ping\":{\"token\":7}}", "{\"ping\":{\"token\":7}}"},
};

static void test_values_are_written_as_the_contract_says(void)
{
	for (size_t i = 0; i < COUNT(forms); i++) {
		struct json_fault fault = {0};
		struct arena arena;
		ProtobufCMessage *message;
		json_t *json;
		char *text;

		arena_init(&arena, 65536);
		message =
			message_from_json_text(forms[i].shape, str_from_c(forms[i].given), &arena, &fault);
		CHECK_STR_EQ(fault.text, "");
		CHECK(message != NULL);
		json = message_to_json(message);
		text = json_dumps(json, JSON_COMPACT);
		CHECK_STR_EQ(text, forms[i].written);
		free(text);
		json_decref(json);
		arena_fini(&arena);
	}
}

static const struct {
	const ProtobufCMessageDescriptor *shape;
	const char *given;
	const char *path;
	const char *text;
} faults[] = {
	{&pb__complaint__descriptor, "[]", "", "want an object"},
	{&pb__complaint__descriptor, "7", "", "want an object"},
	{&pb__complaint__descriptor, "{\"colour\":1}", ".colour", "no such field"},
	{&pb__complaint__descriptor, "{\"Version\":1}", ".Version", "no such field"},
	{&pb__complaint__descriptor, "{\"version\":null}", ".version", "want uint32"},
	{&pb__complaint__descriptor, "{\"version\":-1}", ".version", "want uint32"},
	{&pb__complaint__descriptor, "{\"version\":4294967296}", ".version", "want uint32"},
	{&pb__complaint__descriptor, "{\"version\":1.0}", ".version", "want uint32"},
	{&pb__complaint__descriptor, "{\"version\":\"1\"}", ".version", "want uint32"},
	{&pb__complaint__descriptor, "{\"title\":1}", ".title", "want text"},
	{&pb__complaint__descriptor, "{\"state\":\"closed\"}", ".state",
		"want one of the names of State"},
	{&pb__complaint__descriptor, "{\"state\":99}", ".state", "want one of the names of State"},
	{&pb__complaint__descriptor, "{\"state\":4294967297}", ".state",
		"want one of the names of State"},
	{&pb__complaint__descriptor, "{\"team_id\":\"0192f3a0-0000\"}", ".team_id", "want a UUID"},
	{&pb__complaint__descriptor, "{\"team_id\":5}", ".team_id", "want a UUID"},
	{&pb__complaint_list__descriptor, "{\"cursor\":\"Zg\"}", ".cursor", "want base64"},
	{&pb__complaint_list__descriptor, "{\"states\":\"SUBMITTED\"}", ".states", "want an array"},
	{&pb__complaint_list__descriptor, "{\"states\":[1,\"x\"]}", ".states[1]",
		"want one of the names of State"},
	{&pb__complaint_list__descriptor, "{\"only_open\":0}", ".only_open", "want true or false"},
	{&pb__complaint__descriptor, "{\"window\":{\"from_us\":\"x\"}}", ".window.from_us",
		"want int64, as a number or a text of digits"},
	{&pb__complaint__descriptor, "{\"window\":{\"from_us\":\"9223372036854775808\"}}",
		".window.from_us", "want int64, as a number or a text of digits"},
	{&pb__position__descriptor, "{\"seq\":\"-0\"}", ".seq",
		"want int64, as a number or a text of digits"},
	{&pb__position__descriptor, "{\"seq\":\"+1\"}", ".seq",
		"want int64, as a number or a text of digits"},
	{&pb__position__descriptor, "{\"xid\":\"18446744073709551616\"}", ".xid",
		"want uint64, as a number or a text of digits"},
	{&pb__position__descriptor, "{\"xid\":\"007\"}", ".xid",
		"want uint64, as a number or a text of digits"},
	{&pb__position__descriptor, "{\"xid\":-1}", ".xid",
		"want uint64, as a number or a text of digits"},
	{&pb__complaint_get_reply__descriptor, "{\"events\":[{},{\"position\":{\"era\":[]}}]}",
		".events[1].position.era", "want uint64, as a number or a text of digits"},
	{&pb__envelope__descriptor, "{\"ping\":{},\"pong\":{}}", ".pong",
		"only one of its kind may be there"},
	{&pb__position__descriptor, "{\"seq\":1,\"seq\":2}", "", "duplicate"},
	{&pb__position__descriptor, "{\"seq\":9223372036854775808}", "", "too big integer"},
	{&pb__complaint__descriptor, "{\"title\":\"a\\u0000b\"}", "", "\\u0000"},
	{&pb__complaint__descriptor, "{\"title\":\"\xFF\"}", "", "line 1"},
	{&pb__complaint__descriptor, "{} {}", "", "end of file expected"},
	{&pb__complaint__descriptor, "{\n\"title\":}", "", "line 2"},
	{&pb__complaint__descriptor, "", "", "line 1"},
};

static void test_refusals_say_where_and_why(void)
{
	for (size_t i = 0; i < COUNT(faults); i++) {
		struct json_fault fault = {0};
		struct arena arena;

		arena_init(&arena, 65536);
		printf("# %s\n", faults[i].path);
		CHECK(message_from_json_text(
				  faults[i].shape, str_from_c(faults[i].given), &arena, &fault) == NULL);
		printf("# %s\n", fault.text);
		CHECK_STR_EQ(fault.path, faults[i].path);
		CHECK(strstr(fault.text, faults[i].text) != NULL);
		arena_fini(&arena);
	}
}

static void test_an_arena_that_is_full_is_a_refusal(void)
{
	static const struct str text =
		STR("{\"title\":\"a\",\"team_id\":\"Zm9v\",\"window\":{\"to_us\":1},\"text\":\"bcdef\"}");
	struct arena roomy;
	size_t needed;
	struct json_fault fault = {0};

	arena_init(&roomy, 65536);
	CHECK(message_from_json_text(&pb__complaint__descriptor, text, &roomy, &fault) != NULL);
	needed = roomy.used_bytes;
	arena_fini(&roomy);
	for (size_t max_bytes = 1; max_bytes < needed; max_bytes += 7) {
		struct arena arena;

		arena_init(&arena, max_bytes);
		CHECK(message_from_json_text(&pb__complaint__descriptor, text, &arena, &fault) == NULL);
		CHECK_STR_EQ(fault.text, "larger than allowed");
		arena_fini(&arena);
	}
}

static void test_a_long_path_is_cut_not_overrun(void)
{
	char text[512];
	struct json_fault fault = {0};
	struct arena arena;

	arena_init(&arena, 65536);
	(void)snprintf(text, sizeof(text), "{\"window\":{\"%0400d\":1}}", 0);
	CHECK(message_from_json_text(&pb__complaint__descriptor, str_from_c(text), &arena, &fault) ==
		  NULL);
	CHECK_STR_EQ(fault.text, "no such field");
	CHECK_INT_EQ(strlen(fault.path), sizeof(fault.path) - 1);
	arena_fini(&arena);
}

static const struct test tests[] = {
	{"every_message_comes_back_the_same", test_every_message_comes_back_the_same},
	{"every_envelope_comes_back_the_same", test_every_envelope_comes_back_the_same},
	{"values_are_written_as_the_contract_says", test_values_are_written_as_the_contract_says},
	{"refusals_say_where_and_why", test_refusals_say_where_and_why},
	{"an_arena_that_is_full_is_a_refusal", test_an_arena_that_is_full_is_a_refusal},
	{"a_long_path_is_cut_not_overrun", test_a_long_path_is_cut_not_overrun},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
