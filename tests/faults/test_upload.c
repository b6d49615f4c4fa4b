/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that a file arrives whole, wherever its way is cut: pieces cut at many bytes, answers cut at every byte, a
 * server that is killed in between; each time it goes on at the offset that the server says, nothing is sent twice that
 * has come, and what is read back is what was sent. And that where a photograph was taken is nowhere afterwards, in no
 * chunk of the database.
 */
#include "tests/check.h"

#include <signal.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/sha256.h"
#include "file.pb-c.h"
#include "proto/codec.h"
#include "tests/faults/caller.h"
#include "tests/faults/desk.h"
#include "tests/faults/proxy.h"
#include "tests/server/pg.h"
#include "tests/server/picture.h"

#define PULSE_MS 1
#define CHUNK 262144
#define CHUNKS 24
#define TOTAL (CHUNKS * CHUNK - 1000)
#define STEP (CHUNK / (CHUNKS - 2)) /* further on in each piece, and at last behind its end */

static struct desk desk;
static uint8_t *whole; /* a PDF, of noise */
static uint8_t whole_hash[SHA256_BYTES];

/* ---- what is asked ---------------------------------------------------------------------------- */

static void begin_of(Pb__FileBegin *out, struct span bytes, const uint8_t *hash)
{
	pb__file_begin__init(out);
	out->has_community_id = out->has_complaint_id = out->has_purpose = true;
	out->community_id = live_bytes(&desk.site.community_id);
	out->complaint_id = live_bytes(&desk.complaint_id);
	out->purpose = PB__FILE__PURPOSE__DOCUMENT;
	out->has_bytes = out->has_hash = true;
	out->bytes = (uint32_t)bytes.len;
	out->hash = codec_bytes(span_of(hash, SHA256_BYTES));
}

static void chunk_of(Pb__FileChunk *out, const struct uuid *file_id, struct span bytes, uint32_t at)
{
	size_t left = bytes.len - at;

	pb__file_chunk__init(out);
	out->has_community_id = out->has_file_id = out->has_offset = out->has_content = true;
	out->community_id = live_bytes(&desk.site.community_id);
	out->file_id = live_bytes(file_id);
	out->offset = at;
	out->content = codec_bytes(span_of(bytes.ptr + at, left < CHUNK ? left : CHUNK));
}

static void get_of(Pb__FileGet *out, const struct uuid *file_id)
{
	pb__file_get__init(out);
	out->has_community_id = out->has_file_id = true;
	out->community_id = live_bytes(&desk.site.community_id);
	out->file_id = live_bytes(file_id);
}

/* ---- through a network that breaks -------------------------------------------------------------- */

static uv_loop_t loop;
static uv_timer_t pulse;
static struct proxy proxy;
static struct caller caller;

/* The answer to the call in work. */
static struct {
	bool is_there;
	enum err err;
	uint32_t received;
} answer;

static void on_result(struct caller *from, const struct client_result *result)
{
	(void)from;
	if (result == NULL) {
		return;
	}
	answer.is_there = true;
	answer.err = result->err;
	if (result->err != ERR_OK) {
		return;
	}
	if (result->method == &method_rows[METHOD_file_chunk]) {
		answer.received =
			((const Pb__FileChunkReply *)(const void *)result->message)->received_bytes;
	} else if (result->method == &method_rows[METHOD_file_get]) {
		answer.received =
			((const Pb__FileGetReply *)(const void *)result->message)->file->received_bytes;
	}
}

static void on_refused(struct caller *from, enum err err)
{
	(void)from;
	printf("# the session is not resumed: %s\n", err_name(err));
	abort();
}

static void on_pulse(uv_timer_t *timer)
{
	(void)timer;
	caller_turn(&caller, live_until(0));
}

static void open_network(void)
{
	int failed = uv_loop_init(&loop);

	assert(failed == 0);
	proxy_open(&proxy, &loop, &desk.server, 1, 1);
	proxy_calm(&proxy, true);
	caller = (struct caller){
		.loop = &loop,
		.context = desk.context,
		.token = desk.honest.token,
		.hooks = {on_result, on_refused, NULL},
		.port = proxy_port_of(&proxy, 0),
		.is_wanted = true,
	};
	(void)uv_timer_init(&loop, &pulse);
	(void)uv_timer_start(&pulse, on_pulse, 0, PULSE_MS);
}

static void close_network(void)
{
	int failed;

	caller.is_wanted = false;
	while (!caller_is_away(&caller)) {
		(void)uv_run(&loop, UV_RUN_ONCE);
	}
	proxy_close(&proxy);
	uv_close((uv_handle_t *)&pulse, NULL);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	failed = uv_loop_close(&loop);
	assert(failed == 0);
}

static void ask_once(
	enum method method, const ProtobufCMessage *request, const struct proxy_plan *plan)
{
	struct client_ask ask = {.method = &method_rows[method], .request = request};
	uint64_t id = 0;

	answer.is_there = false;
	while (caller_ask(&caller, &ask, &id) != ERR_OK) {
		(void)uv_run(&loop, UV_RUN_ONCE);
	}
	proxy_arm(&proxy, 0, plan);
	while (!answer.is_there) {
		(void)uv_run(&loop, UV_RUN_ONCE);
	}
}

/* Where to go on, by whom that has to know. */
static uint32_t ask_offset(const struct uuid *file_id)
{
	const struct proxy_plan pass = {.fault = PROXY_PASS};
	Pb__FileGet get;

	get_of(&get, file_id);
	do {
		ask_once(METHOD_file_get, &get.base, &pass);
	} while (answer.err != ERR_OK);
	return answer.received;
}

/* ---- by an ordinary connection ------------------------------------------------------------------ */

static struct uuid begin_file(struct span bytes, const uint8_t *hash, Pb__File__Purpose purpose)
{
	struct uuid file_id = live_key();
	struct client_result *result;
	Pb__FileBegin begin;

	begin_of(&begin, bytes, hash);
	begin.purpose = purpose;
	result = live_call(&desk.honest, METHOD_file_begin, &begin.base, &file_id);
	assert(result->err == ERR_OK);
	client_result_free(result);
	return file_id;
}

static struct client_result *end_file(const struct uuid *file_id)
{
	struct uuid key = live_key();
	Pb__FileEnd end = PB__FILE_END__INIT;

	end.has_community_id = end.has_file_id = true;
	end.community_id = live_bytes(&desk.site.community_id);
	end.file_id = live_bytes(file_id);
	return live_call(&desk.honest, METHOD_file_end, &end.base, &key);
}

/* All of it, as it is kept. */
static size_t read_back(const struct uuid *file_id, uint8_t *out, size_t len)
{
	size_t at = 0;

	while (at < len) {
		Pb__FileRead read = PB__FILE_READ__INIT;
		const Pb__FileReadReply *reply;
		struct client_result *result;

		read.has_community_id = read.has_file_id = read.has_offset = true;
		read.community_id = live_bytes(&desk.site.community_id);
		read.file_id = live_bytes(file_id);
		read.offset = (uint32_t)at;
		result = live_call(&desk.honest, METHOD_file_read, &read.base, NULL);
		if (result->err != ERR_OK) {
			client_result_free(result);
			return at;
		}
		reply = (const void *)result->message;
		assert(reply->content.len <= len - at);
		memcpy(out + at, reply->content.data, reply->content.len);
		at += reply->content.len;
		client_result_free(result);
	}
	return at;
}

static void check_whole(const struct uuid *file_id)
{
	struct client_result *result = end_file(file_id);
	uint8_t *back = malloc(TOTAL);

	CHECK_INT_EQ(result->err, ERR_OK);
	if (result->err == ERR_OK) {
		const Pb__FileEndReply *reply = (const void *)result->message;

		CHECK_INT_EQ(reply->bytes, TOTAL);
		CHECK(memcmp(reply->hash.data, whole_hash, SHA256_BYTES) == 0);
		CHECK_INT_EQ(read_back(file_id, back, TOTAL), TOTAL);
		CHECK(memcmp(back, whole, TOTAL) == 0);
	}
	client_result_free(result);
	free(back);
}

/* ---- the cases -------------------------------------------------------------------------------- */

/*
 * Each piece is cut once, a little further on than the one before; then the server is asked where to go on. Heard or
 * not heard: nothing between.
 */
static void cut_each_piece(enum proxy_fault fault, uint32_t step)
{
	struct uuid file_id =
		begin_file(span_of(whole, TOTAL), whole_hash, PB__FILE__PURPOSE__DOCUMENT);
	size_t cut_count = 0;
	size_t heard_count = 0;
	uint32_t at = 0;

	open_network();
	for (uint32_t i = 0; at < TOTAL && !check_failed(); i++) {
		const struct proxy_plan plan = {.fault = fault, .bytes = i * step, .is_reset = i % 2 == 0};
		uint32_t before = at;
		Pb__FileChunk chunk;

		assert(i < 4 * CHUNKS);
		chunk_of(&chunk, &file_id, span_of(whole, TOTAL), at);
		ask_once(METHOD_file_chunk, &chunk.base, &plan);
		cut_count += answer.err != ERR_OK;
		at = ask_offset(&file_id);
		CHECK(at == before || at == before + CHUNK || at == TOTAL);
		heard_count += answer.err == ERR_OK && at > before;
		if (at == before) { /* it was not heard: once more, in fair weather */
			const struct proxy_plan pass = {.fault = PROXY_PASS};

			ask_once(METHOD_file_chunk, &chunk.base, &pass);
			at = ask_offset(&file_id);
			CHECK(at > before);
		}
	}
	close_network();
	printf("# %s: %zu of %d pieces cut, %zu had been heard\n", proxy_fault_names[fault], cut_count,
		CHUNKS, heard_count);
	CHECK(cut_count >= CHUNKS / 2);
	check_whole(&file_id);
}

static void test_pieces_cut_on_their_way_are_sent_again(void)
{
	cut_each_piece(PROXY_CUT_UP, STEP);
}

static void test_answers_that_are_cut_cost_nothing(void)
{
	cut_each_piece(PROXY_CUT_DOWN, 1);
}

/* What was acknowledged before a kill is there after it; the file goes on there. */
static void test_a_killed_server_has_what_it_acknowledged(void)
{
	struct uuid file_id =
		begin_file(span_of(whole, TOTAL), whole_hash, PB__FILE__PURPOSE__DOCUMENT);
	uint32_t at = 0;

	for (uint32_t i = 0; at < TOTAL && !check_failed(); i++) {
		struct client_result *result;
		Pb__FileChunk chunk;
		Pb__FileGet get;

		if (i == 3 || i == 11) {
			chunk_of(&chunk, &file_id, span_of(whole, TOTAL), at);
			(void)live_send(&desk.honest, METHOD_file_chunk, &chunk.base, NULL, 0);
			live_turn(&desk.honest); /* on its way, heard or not */
			live_server_kill(&desk.server);
			CHECK(live_server_start(&desk.server));
			CHECK_INT_EQ(live_client_again(&desk.honest), ERR_OK);
			get_of(&get, &file_id);
			result = live_call(&desk.honest, METHOD_file_get, &get.base, NULL);
			CHECK_INT_EQ(result->err, ERR_OK);
			if (result->err == ERR_OK) {
				uint32_t there =
					((const Pb__FileGetReply *)(const void *)result->message)->file->received_bytes;

				CHECK(there == at || there == at + CHUNK);
				at = there;
			}
			client_result_free(result);
		}
		chunk_of(&chunk, &file_id, span_of(whole, TOTAL), at);
		result = live_call(&desk.honest, METHOD_file_chunk, &chunk.base, NULL);
		CHECK_INT_EQ(result->err, ERR_OK);
		if (result->err == ERR_OK) {
			at = ((const Pb__FileChunkReply *)(const void *)result->message)->received_bytes;
		}
		client_result_free(result);
	}
	check_whole(&file_id);
}

/* As one looks for it: in every byte of every chunk that is kept, in every column. */
static void test_where_it_was_taken_is_nowhere(void)
{
	uint8_t hash[SHA256_BYTES];
	struct client_result *result;
	struct picture picture;
	struct uuid file_id;
	Pb__FileChunk chunk;
	uint8_t back[65536];
	PGconn *pg;

	picture_jpeg(&picture, 320, 200, 6);
	sha256(span_of(picture.bytes, picture.len), hash);
	file_id = begin_file(span_of(picture.bytes, picture.len), hash, PB__FILE__PURPOSE__BEFORE);
	chunk_of(&chunk, &file_id, span_of(picture.bytes, picture.len), 0);
	result = live_call(&desk.honest, METHOD_file_chunk, &chunk.base, NULL);
	CHECK_INT_EQ(result->err, ERR_OK);
	client_result_free(result);
	pg = pg_connect(desk.server.super);
	/* It is there as long as it was only sent: the question is a good one. */
	CHECK_STR_EQ(pg_run(pg, "SELECT count(*) FROM file_chunk WHERE position('GPS 43.8256N'::bytea"
							" IN content) > 0"),
		"1");
	result = end_file(&file_id);
	CHECK_INT_EQ(result->err, ERR_OK);
	if (result->err == ERR_OK) {
		const Pb__FileEndReply *reply = (const void *)result->message;

		CHECK_INT_EQ(reply->width, 200); /* upright */
		CHECK_INT_EQ(read_back(&file_id, back, reply->bytes), reply->bytes);
		CHECK(!picture_holds(span_of(back, reply->bytes), STR("GPS")));
		CHECK(!picture_holds(span_of(back, reply->bytes), STR("Exif")));
		CHECK_INT_EQ(picture_red_corner(span_of(back, reply->bytes)), 1);
	}
	client_result_free(result);
	CHECK_STR_EQ(pg_run(pg, "SELECT count(*) FROM file_chunk WHERE position('GPS 43.8256N'::bytea"
							" IN content) > 0 OR position('Exif'::bytea IN content) > 0"),
		"0");
	PQfinish(pg);
	picture_fini(&picture);
}

/* Stops every backend that the server has, or lets them go on. */
static void halt_backends(PGconn *pg, bool is_halted)
{
	static int pids[64];
	static int count;

	if (is_halted) {
		PGresult *rows =
			PQexec(pg, "SELECT pid FROM pg_stat_activity WHERE application_name = 'guanjiad'");

		count = PQntuples(rows);
		assert(count > 0 && count <= (int)COUNT(pids));
		for (int i = 0; i < count; i++) {
			pids[i] = atoi(PQgetvalue(rows, i, 0));
		}
		PQclear(rows);
	}
	for (int i = 0; i < count; i++) {
		(void)kill(pids[i], is_halted ? SIGSTOP : SIGCONT);
	}
}

/*
 * More pieces at once than there is room for, while the database stands still: sixteen of 256 KiB are in flight, the
 * others are told to wait at once, and how long. Then it goes on, all are answered, and no room is lost.
 */
static void test_a_crowd_of_pieces_is_told_to_wait(void)
{
	enum { CROWD = 30, ROOM = 16 }; /* below in_flight_max */
	struct uuid file_id =
		begin_file(span_of(whole, TOTAL), whole_hash, PB__FILE__PURPOSE__DOCUMENT);
	uint64_t busy_before = live_counter(&desk.honest, "file.busy");
	PGconn *pg = pg_connect(desk.server.super);
	size_t done_count = 0;
	Pb__FileChunk chunk;

	chunk_of(&chunk, &file_id, span_of(whole, TOTAL), 0);
	halt_backends(pg, true);
	for (size_t i = 0; i < CROWD; i++) {
		(void)live_send(&desk.honest, METHOD_file_chunk, &chunk.base, NULL, 0);
	}
	for (size_t i = 0; i < CROWD; i++) {
		struct client_result *result = live_next(&desk.honest, CLIENT_REPLY, LIVE_WAIT_MS);

		if (i == CROWD - ROOM - 1 || result == NULL) {
			halt_backends(pg, false);
		}
		CHECK(result != NULL);
		CHECK_INT_EQ(result->err == ERR_BUSY, i < CROWD - ROOM);
		CHECK(result->err != ERR_BUSY || result->has_retry_after);
		done_count += result->err == ERR_OK;
		client_result_free(result);
	}
	printf(
		"# %d of %d at once were told to wait, %zu were done\n", CROWD - ROOM, CROWD, done_count);
	CHECK_INT_EQ(live_counter(&desk.honest, "file.busy") - busy_before, CROWD - ROOM);
	CHECK(done_count >= 1);
	PQfinish(pg);
}

static void test_end_leaves_nothing(void)
{
	CHECK(desk_end(&desk));
}

static const struct test tests[] = {
	{"pieces_cut_on_their_way_are_sent_again", test_pieces_cut_on_their_way_are_sent_again},
	{"answers_that_are_cut_cost_nothing", test_answers_that_are_cut_cost_nothing},
	{"where_it_was_taken_is_nowhere", test_where_it_was_taken_is_nowhere},
	{"a_crowd_of_pieces_is_told_to_wait", test_a_crowd_of_pieces_is_told_to_wait},
	{"a_killed_server_has_what_it_acknowledged", test_a_killed_server_has_what_it_acknowledged},
	{"end_leaves_nothing", test_end_leaves_nothing},
};

static void make_whole(void)
{
	uint32_t noise = 1;

	whole = malloc(TOTAL);
	assert(whole != NULL);
	for (size_t i = 0; i < TOTAL; i++) {
		noise = noise * 1664525 + 1013904223;
		whole[i] = (uint8_t)(noise >> 24);
	}
	memcpy(whole, "%PDF-1.4\n", 9);
	sha256(span_of(whole, TOTAL), whole_hash);
}

int main(void)
{
	const char *sets[] = {"postgres_fsync=0", NULL};
	int failed;

	live_begin();
	make_whole();
	desk_begin(&desk, sets);
	failed = check_main(tests, COUNT(tests));
	free(whole);
	return failed;
}
