/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as the message of any method, taken through the method itself, on the bench of tests/method:
 * check, load, may, work, decide, with rows for whatever is asked. An input is a line "complaint.accept
 * bF", and the encoded message: the two letters choose who asks and in which state the complaint is. What
 * must hold besides the asserts of server and bench:
 *
 *   - what is refused is refused by name, and has no effect but a wrong password's, or a wrong code's
 *   - a reply can be encoded, and its field.def holds
 */
#include "common/sha256.h"
#include "proto/codec.h"
#include "server/domain/complaint.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/inspect.h"
#include "tests/fuzz/mutate.h"
#include "tests/method/steps.h"

#define NAME_LEN_MAX 64
#define WHO_FIRST 'a'
#define STATE_FIRST 'A'
#define TODAY 20780 /* of TOWN_NOW */

struct input {
	const struct method_row *method; /* NULL: the line names none */
	struct span body;
	unsigned who;
	enum complaint_state state;
};

static struct input take_apart(struct span bytes)
{
	struct input input = {.method = NULL};
	size_t limit = size_min(bytes.len, NAME_LEN_MAX);
	const uint8_t *feed = limit == 0 ? NULL : memchr(bytes.ptr, '\n', limit);
	size_t len = feed == NULL ? 0 : (size_t)(feed - bytes.ptr);

	if (len < 4 || bytes.ptr[len - 3] != ' ') {
		return input;
	}
	input.method = method_find(str_of((const char *)bytes.ptr, len - 3));
	input.who = (unsigned)(uint8_t)(bytes.ptr[len - 2] - WHO_FIRST) % STEP_PEOPLE_COUNT;
	input.state = complaint_states[(unsigned)(uint8_t)(bytes.ptr[len - 1] - STATE_FIRST) %
								   COMPLAINT_STATE_COUNT];
	input.body = span_after(bytes, len + 1);
	return input;
}

/* The version that the message names, so that the complaint's is the same: else nothing goes on. */
static uint32_t version_of(const struct input *input, struct arena *arena)
{
	const ProtobufCMessageDescriptor *shape = input->method->request;
	const ProtobufCFieldDescriptor *field =
		protobuf_c_message_descriptor_get_field_by_name(shape, "version");
	struct codec_fault fault;
	const ProtobufCMessage *message = codec_decode(shape, input->body, arena, &fault);
	uint32_t version = 0;

	if (message != NULL && field != NULL && field->type == PROTOBUF_C_TYPE_UINT32) {
		memcpy(&version, (const char *)message + field->offset, sizeof(version));
	}
	return version;
}

static bool is_step(const struct method_row *method)
{
	for (size_t i = 0; i < step_row_count; i++) {
		if (&method_rows[step_rows[i].method] == method) {
			return true;
		}
	}
	return false;
}

/* A file that the same person sends, of which nothing has come yet; but for who begins one. */
static void put_file(
	struct bench *bench, enum method method, const struct bench_complaint *complaint)
{
	static const uint8_t hash[32] = {1};

	bench_row(bench, STMT_file_slots, INT64_C(0)); /* always finds one */
	bench_complaint(bench, STMT_file_complaint, complaint);
	if (method != METHOD_file_begin) {
		bench_row(bench, STMT_file_get, town_id(TOWN_COMMUNITY, 1), town_id(TOWN_RECORD, 9),
			town_id(TOWN_RECORD, 1), town_id(TOWN_ACCOUNT, 1), 1, 1, 300000, span_of(hash, 32), 0,
			0, town_id(TOWN_RECORD, 9), 0, 0, span_of(NULL, 0), 0, 0, TOWN_NOW, INT64_C(0));
	}
}

/* Proposed by somebody else, and a year that is loaded. */
static void put_set(struct bench *bench, int version)
{
	static int64_t minutes[] = {30};

	bench_row(bench, STMT_promise_set_get, 7, version, 1, TODAY, "试行", town_id(TOWN_ACCOUNT, 2),
		"漆怀瑾", TOWN_NOW, uuid_nil, NULL, INT64_C(0), NULL, false);
	bench_row(bench, STMT_promise_rows, 2, 4, 0, 1, 2, "1", (struct search_pairs){minutes, 1});
	bench_row(bench, STMT_holiday_year_get, 2026, version, town_id(TOWN_ACCOUNT, 2), "漆怀瑾",
		TOWN_NOW, INT64_C(2), INT64_C(1));
}

/* A filter and an export of who asks, both of a whole community. */
static void put_desk(struct bench *bench, int version)
{
	struct uuid community_id = town_id(TOWN_COMMUNITY, 1);
	uint8_t *list = arena_alloc(&bench->arena, 2 + UUID_BYTES);

	list[0] = 0x0a; /* ComplaintList.community_id */
	list[1] = UUID_BYTES;
	memcpy(list + 2, community_id.bytes, UUID_BYTES);
	bench_row(bench, STMT_filter_room, INT64_C(0), INT64_C(0), false, false, true);
	bench_row(bench, STMT_filter_get, community_id, town_id(TOWN_RECORD, 8), version, "待办", 1,
		uuid_nil, town_id(TOWN_ACCOUNT, 1), "漆怀瑾", span_of(list, 2 + UUID_BYTES), TOWN_NOW);
	bench_row(bench, STMT_export_get, community_id, town_id(TOWN_RECORD, 7),
		town_id(TOWN_ACCOUNT, 1), "漆怀瑾", 1, span_of(list, 2 + UUID_BYTES), "137", 1, 0, true,
		TOWN_NOW - 1, INT64_C(0), INT64_C(0), uuid_nil, NULL, INT64_C(0), version, INT64_C(0));
}

/* Rows for what methods ask; those that are not asked for are not found. */
static void put_rows(struct bench *bench, const struct input *input)
{
	enum method method = (enum method)(input->method - method_rows);
	struct bench_complaint complaint = step_complaint(input->state);
	uint8_t hash[SHA256_BYTES] = {4};

	complaint.version = (int)(version_of(input, &bench->arena) & INT32_MAX);
	if (is_step(input->method)) {
		step_find(bench, step_row_of(method), &complaint, STEP_PHONE);
		return;
	}
	bench_row(bench, STMT_feed_start, INT64_C(3), INT64_C(900)); /* these always find one */
	bench_row(bench, STMT_community_day, TODAY);
	bench_row(bench, STMT_time_zone_get, true);
	bench_row(bench, STMT_login_known_device, false);
	bench_row(bench, STMT_login_holds_role, false);
	bench_row(bench, STMT_promise_next, 7, TODAY, false);
	bench_row(bench, STMT_promise_day, TODAY, false);
	bench_row(bench, STMT_holiday_today, TODAY);
	bench_row(bench, STMT_complaint_officer, true);
	bench_row(bench, STMT_complaint_split_around, "花园小区", 12, "0991-5550100", 3, "3-2-501",
		"3号楼2单元501室", town_id(TOWN_TEAM, 1), "2026-11-23 19:20", "Asia/Shanghai");
	bench_row(bench, STMT_complaint_handled, false);
	bench_row(bench, STMT_complaint_paused, INT64_C(0));
	bench_row(bench, STMT_worker_may, true);
	bench_row(bench, STMT_busy_others, false, false, INT64_C(0), 0);
	bench_row(bench, STMT_busy_between, INT64_C(0), INT64_C(0));
	bench_row(bench, STMT_staff_reached, true, true);
	bench_row(bench, STMT_seal_last, INT64_C(4), INT64_C(1), INT64_C(700), INT64_C(300),
		span_of(hash, sizeof hash), INT64_C(1), INT64_C(800), 1, span_of(hash, sizeof hash));
	bench_complaint(bench, STMT_complaint_get, &complaint);
	bench_complaint(bench, STMT_complaint_list, &complaint);
	put_file(bench, method, &complaint);
	put_set(bench, complaint.version);
	put_desk(bench, complaint.version);
	bench_around(bench, NULL);
	bench_contact(bench, 1, "阿依古丽", STEP_PHONE);
	bench_community(bench);
	bench_team(bench, STMT_team_get);
	bench_crew(bench, STMT_crew_get);
	bench_account(bench, STMT_account_get, 2, 1, complaint.version);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = take_apart(span_of(data, size));
	static struct bench bench;
	enum err err;

	if (input.method == NULL || input.body.len > input.method->body_bytes_max) {
		return 0;
	}
	bench_begin(&bench, (enum method)(input.method - method_rows), *step_people[input.who]);
	put_rows(&bench, &input);
	err = bench_ask_bytes(&bench, input.body);
	must(err_name(err)[0] != '\0');
	must(memchr(bench.r.fault.field, 0, sizeof(bench.r.fault.field)) != NULL);
	if (err == ERR_OK && bench.r.reply != NULL) {
		struct span reply = codec_encode(bench.r.reply, &bench.arena);
		struct codec_fault fault;

		must(bench.r.reply->descriptor == input.method->reply);
		must(bench.arena.failed || codec_check(input.method->reply, reply, &fault) == ERR_OK);
	}
	bench_end(&bench);
	return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed)
{
	struct specimen chance = {.kind = SPECIMEN_RANDOM, .random = seed};
	struct input input = take_apart(span_of(data, size));
	size_t head = input.method == NULL ? 0 : (size_t)(input.body.ptr - data);

	if (input.method == NULL || specimen_random(&chance, 64) == 0) {
		input.method = &method_rows[specimen_random(&chance, METHOD_COUNT)];
		head = strlen(input.method->name) + 4;
		if (head >= size_max) {
			return size;
		}
		memcpy(data, input.method->name, head - 4);
		memcpy(data + head - 4, " dB\n", 4);
		size = head;
	}
	if (specimen_random(&chance, 8) == 0) {
		data[head - 3] = (uint8_t)(WHO_FIRST + specimen_random(&chance, STEP_PEOPLE_COUNT));
		data[head - 2] = (uint8_t)(STATE_FIRST + specimen_random(&chance, COMPLAINT_STATE_COUNT));
		return size;
	}
	return head + mutate_message(
					  input.method->request, data + head, size - head, size_max - head, &chance);
}
