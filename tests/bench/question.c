/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/question.h"

#include <stdlib.h>

#include "proto/codec.h"
#include "proto/frame.h"

#include "account.pb-c.h"
#include "complaint.pb-c.h"
#include "envelope.pb-c.h"

#define BYTES_MAX ((size_t)64 * 1024)
#define ARENA_BYTES_MAX ((size_t)256 * 1024)

/* A desk's words: as long as most are. */
static const char text[] =
	"昨晚十点多开始楼道里的水管一直在漏，积水已经流到电梯口，老人小孩进出都怕滑倒，"
	"麻烦尽快派师傅来看一下，顺便检查三层的阀门。";

/* Of whoever calls; the last digits are each another's. */
#define PHONE "13900000000"
#define PHONE_DIGITS 8

/* Stand for ids until the places are found: no text holds such bytes. */
static struct uuid mark_of(enum question_place place)
{
	struct uuid mark;

	memset(mark.bytes, 0xf8 + (int)place, sizeof(mark.bytes));
	return mark;
}

static ProtobufCBinaryData mark(struct uuid *marks, enum question_place place)
{
	marks[place] = mark_of(place);
	return codec_bytes(span_of(marks[place].bytes, UUID_BYTES));
}

bool question_parse(const char *name, enum question_kind *out)
{
	static const char *const names[QUESTION_COUNT] = {"get", "list", "submit", "transition"};

	for (size_t i = 0; i < COUNT(names); i++) {
		if (strcmp(name, names[i]) == 0) {
			*out = (enum question_kind)i;
			return true;
		}
	}
	return false;
}

static struct span body_of_get(struct uuid *marks, struct arena *arena)
{
	Pb__ComplaintGet in = PB__COMPLAINT_GET__INIT;

	in.has_community_id = in.has_complaint_id = true;
	in.community_id = mark(marks, QUESTION_COMMUNITY);
	in.complaint_id = mark(marks, QUESTION_COMPLAINT);
	return codec_encode(&in.base, arena);
}

static struct span body_of_list(struct uuid *marks, struct arena *arena)
{
	Pb__ComplaintList in = PB__COMPLAINT_LIST__INIT;

	in.has_community_id = in.has_team_id = in.has_limit = true;
	in.community_id = mark(marks, QUESTION_COMMUNITY);
	in.team_id = mark(marks, QUESTION_TEAM);
	in.limit = QUESTION_LIMIT;
	return codec_encode(&in.base, arena);
}

static struct span body_of_submit(struct uuid *marks, struct arena *arena)
{
	Pb__ComplaintSubmit in = PB__COMPLAINT_SUBMIT__INIT;

	in.has_community_id = in.has_kind = in.has_channel = in.has_place_id = true;
	in.community_id = mark(marks, QUESTION_COMMUNITY);
	in.place_id = mark(marks, QUESTION_WHERE);
	in.kind = PB__COMPLAINT__KIND__REPAIR;
	in.channel = PB__COMPLAINT__CHANNEL__PHONE;
	in.title = (char *)(uintptr_t) "三单元楼道水管漏水";
	in.text = (char *)(uintptr_t)text;
	in.contact_name = (char *)(uintptr_t) "古丽娜尔·买买提";
	in.contact_phone = (char *)(uintptr_t)PHONE;
	return codec_encode(&in.base, arena);
}

static struct span body_of_accept(struct uuid *marks, struct arena *arena)
{
	Pb__ComplaintAccept in = PB__COMPLAINT_ACCEPT__INIT;

	in.has_community_id = in.has_complaint_id = in.has_version = true;
	in.community_id = mark(marks, QUESTION_COMMUNITY);
	in.complaint_id = mark(marks, QUESTION_COMPLAINT);
	in.version = 1;
	return codec_encode(&in.base, arena);
}

static const struct {
	enum method method;
	struct span (*body)(struct uuid *marks, struct arena *arena);
} kinds[QUESTION_COUNT] = {
	[QUESTION_GET] = {METHOD_complaint_get, body_of_get},
	[QUESTION_LIST] = {METHOD_complaint_list, body_of_list},
	[QUESTION_SUBMIT] = {METHOD_complaint_submit, body_of_submit},
	[QUESTION_ACCEPT] = {METHOD_complaint_accept, body_of_accept},
};

/* The whole frame, to be freed. */
static uint8_t *frame_of(const Pb__Envelope *envelope, size_t *out_len)
{
	struct buf buf;
	bool fits;

	buf_init(&buf, BYTES_MAX);
	fits = codec_frame(&envelope->base, &buf);
	assert(fits);
	return buf_take(&buf, out_len);
}

static uint8_t *request_frame(const struct method_row *row, struct span body,
	ProtobufCBinaryData key, uint64_t id, size_t *out_len)
{
	Pb__Envelope envelope = PB__ENVELOPE__INIT;
	Pb__Request request = PB__REQUEST__INIT;

	request.has_id = request.has_body = request.has_deadline_ms = true;
	request.id = id;
	request.method = (char *)(uintptr_t)row->name;
	request.body = codec_bytes(body);
	request.has_key = row->kind == METHOD_KIND_WRITE;
	request.key = key;
	request.deadline_ms = row->deadline_ms;
	envelope.kind_case = PB__ENVELOPE__KIND_REQUEST;
	envelope.request = &request;
	return frame_of(&envelope, out_len);
}

/* Where these bytes stand in the frame; 0: nowhere. */
static size_t find(const struct question *question, struct span bytes)
{
	const uint8_t *found = memmem(question->bytes, question->len, bytes.ptr, bytes.len);

	return found == NULL ? 0 : (size_t)(found - question->bytes);
}

void question_init(struct question *question, enum question_kind kind)
{
	static const uint8_t first_id[] = {0x08, 0x80, 0x80, 0x80, 0x01}; /* field 1, QUESTION_ID_MIN */
	struct uuid marks[QUESTION_PLACES];
	struct arena arena;
	ProtobufCBinaryData key = mark(marks, QUESTION_KEY);

	arena_init(&arena, ARENA_BYTES_MAX);
	*question = (struct question){.kind = kind, .method = kinds[kind].method};
	question->bytes = request_frame(&method_rows[question->method], kinds[kind].body(marks, &arena),
		key, QUESTION_ID_MIN, &question->len);
	arena_fini(&arena);
	question->id_at = find(question, span_of(first_id, sizeof(first_id))) + 1;
	assert(question->id_at > 1);
	question->phone_at = find(question, span_of(PHONE, sizeof(PHONE) - 1));
	for (int place = 0; place < QUESTION_PLACES; place++) {
		struct uuid id = mark_of((enum question_place)place);

		question->at[place] = find(question, span_of(id.bytes, UUID_BYTES));
	}
}

void question_fini(struct question *question)
{
	free(question->bytes);
	*question = (struct question){.bytes = NULL};
}

void question_set_id(struct question *question, uint64_t id)
{
	uint8_t *out = question->bytes + question->id_at;

	assert(id >= QUESTION_ID_MIN && id <= QUESTION_ID_MAX);
	for (int i = 0; i < 4; i++) {
		out[i] = (uint8_t)((id >> (7 * i) & 0x7f) | (i < 3 ? 0x80 : 0));
	}
}

void question_set(struct question *question, enum question_place place, struct uuid id)
{
	if (question->at[place] != 0) {
		memcpy(question->bytes + question->at[place], id.bytes, UUID_BYTES);
	}
}

void question_set_phone(struct question *question, uint64_t number)
{
	if (question->phone_at == 0) {
		return;
	}
	/* Mixed, as keys of links and runs end in the same digits: those would be one household's, of many complaints. */
	number = number * UINT64_C(0x9e3779b97f4a7c15) >> 32;
	for (size_t i = sizeof(PHONE) - 2; i >= sizeof(PHONE) - 1 - PHONE_DIGITS; i--, number /= 10) {
		question->bytes[question->phone_at + i] = (uint8_t)('0' + number % 10);
	}
}

uint8_t *question_hello(size_t *out_len)
{
	Pb__Envelope envelope = PB__ENVELOPE__INIT;
	Pb__Hello hello = PB__HELLO__INIT;

	hello.has_version = true;
	hello.version = 1;
	hello.agent = (char *)(uintptr_t) "guanjia-bench/1";
	envelope.kind_case = PB__ENVELOPE__KIND_HELLO;
	envelope.hello = &hello;
	return frame_of(&envelope, out_len);
}

uint8_t *question_resume(struct uuid account_id, size_t *out_len)
{
	Pb__SessionResume in = PB__SESSION_RESUME__INIT;
	uint8_t token[2 * UUID_BYTES];
	struct arena arena;
	uint8_t *frame;

	memcpy(token, account_id.bytes, UUID_BYTES);
	memcpy(token + UUID_BYTES, account_id.bytes, UUID_BYTES);
	in.has_token = true;
	in.token = codec_bytes(span_of(token, sizeof(token)));
	arena_init(&arena, ARENA_BYTES_MAX);
	frame = request_frame(&method_rows[METHOD_session_resume], codec_encode(&in.base, &arena),
		(ProtobufCBinaryData){0, NULL}, QUESTION_ID_MIN, out_len);
	arena_fini(&arena);
	return frame;
}
