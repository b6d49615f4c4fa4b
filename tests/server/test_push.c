/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that a frame made of a head and the bytes that all watchers share is the very frame that the codec makes of
 * the whole event, for numbers and lengths at each length of their encoding; that the roster finds under an id those
 * who entered there, once, and nobody who left; and how positions compare.
 */
#include "server/push/push.h"

#include "envelope.pb-c.h"
#include "proto/codec.h"
#include "server/push/roster.h"
#include "server/push/watch.h"
#include "tests/check.h"

#define BODY_BYTES_MAX 20000

static uint8_t filler[BODY_BYTES_MAX];

static bool is_same_frame(uint64_t watch_id, size_t body_bytes)
{
	Pb__Envelope envelope = PB__ENVELOPE__INIT;
	Pb__Event event = PB__EVENT__INIT;
	struct arena arena;
	struct buf whole;
	uint8_t head[PUSH_HEAD_BYTES_MAX];
	struct span shared;
	struct span frame;
	size_t head_bytes;
	bool is_same;

	arena_init(&arena, 4 * BODY_BYTES_MAX);
	buf_init(&whole, 4 * BODY_BYTES_MAX);
	event.topic = (char *)(uintptr_t) "complaint";
	event.has_body = true;
	event.body = codec_bytes(span_of(filler, body_bytes));
	shared = codec_encode(&event.base, &arena);
	head_bytes = push_head(head, watch_id, shared.len);
	event.has_watch_id = true;
	event.watch_id = watch_id;
	envelope.kind_case = PB__ENVELOPE__KIND_EVENT;
	envelope.event = &event;
	is_same = codec_frame(&envelope.base, &whole);
	frame = buf_readable(&whole);
	is_same = is_same && frame.len == head_bytes + shared.len &&
	          memcmp(frame.ptr, head, head_bytes) == 0 &&
	          memcmp(frame.ptr + head_bytes, shared.ptr, shared.len) == 0;
	buf_fini(&whole);
	arena_fini(&arena);
	return is_same;
}

static void test_head_and_shared_are_the_codecs_frame(void)
{
	static const uint64_t ids[] = {1, 127, 128, 16383, 16384, UINT32_MAX, INT64_MAX};
	static const size_t sizes[] = {0, 1, 90, 100, 110, 127, 128, 300, 16350, 16384, BODY_BYTES_MAX};

	for (size_t i = 0; i < COUNT(ids); i++) {
		for (size_t j = 0; j < COUNT(sizes); j++) {
			CHECK(is_same_frame(ids[i], sizes[j]));
		}
	}
}

static size_t count_under(struct roster *roster, struct uuid id)
{
	struct list *entries = roster_of(roster, id);
	size_t count = 0;

	if (entries != NULL) {
		list_each (node, after, entries) {
			count++;
		}
	}
	return count;
}

/* More ids than buckets, so that rows share them. */
static void test_roster_finds_who_entered(void)
{
	static struct roster roster;
	struct watch watches[3] = {0};
	const uint32_t ids = 2 * ROSTER_BUCKETS;

	for (size_t i = 0; i < COUNT(watches); i++) {
		list_init(&watches[i].entries);
	}
	for (uint32_t n = 0; n < ids; n++) {
		struct uuid id = {{(uint8_t)n, (uint8_t)(n >> 8), [14] = (uint8_t)(n >> 4)}};

		CHECK(roster_enter(&roster, id, &watches[n % 2]));
		if (n == 77) {
			CHECK(roster_enter(&roster, id, &watches[n % 2]));
			CHECK(roster_enter(&roster, id, &watches[2]));
			CHECK_INT_EQ(count_under(&roster, id), 2);
		}
	}
	roster_leave(&watches[1]);
	for (uint32_t n = 0; n < ids; n++) {
		struct uuid id = {{(uint8_t)n, (uint8_t)(n >> 8), [14] = (uint8_t)(n >> 4)}};

		CHECK_INT_EQ(count_under(&roster, id), n == 77 || n % 2 == 0 ? 1 : 0);
	}
	roster_leave(&watches[0]);
	roster_leave(&watches[2]);
	roster_leave(&watches[2]);
	for (size_t i = 0; i < ROSTER_BUCKETS; i++) {
		CHECK(list_empty(&roster.buckets[i]));
	}
}

static void test_positions_compare_by_era_then_xid_then_seq(void)
{
	static const struct feed_position rising[] = {
		{1, 5, INT64_MAX}, {1, 6, 1}, {1, 6, 2}, {1, 7, 0}, {2, 1, 1}, {2, UINT64_MAX, 1}};

	for (size_t i = 0; i < COUNT(rising); i++) {
		for (size_t j = 0; j < COUNT(rising); j++) {
			int order = feed_position_compare(&rising[i], &rising[j]);

			CHECK_INT_EQ((order > 0) - (order < 0), (i > j) - (i < j));
		}
	}
}

static const struct test tests[] = {
	{"head_and_shared_are_the_codecs_frame", test_head_and_shared_are_the_codecs_frame},
	{"roster_finds_who_entered", test_roster_finds_who_entered},
	{"positions_compare_by_era_then_xid_then_seq", test_positions_compare_by_era_then_xid_then_seq},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
