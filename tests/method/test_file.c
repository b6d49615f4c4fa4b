/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the methods about files on the bench: who may send, see and read which; where a piece belongs and what is said
 * of one that does not; what the end keeps and what it refuses; which files a submission and a finished work may name.
 */
#include "complaint.pb-c.h"
#include "file.pb-c.h"
#include "server/file_check.h"
#include "tests/check.h"
#include "tests/method/steps.h"

#define FILE_NO 501 /* a record */
#define SENT_BYTES (FILE_CHUNK_BYTES + 10)

static const uint8_t hash[32] = {0xF1};

/* A file of account `sender`, of this complaint (0: not submitted yet). */
struct file_fact {
	uint32_t complaint, sender;
	enum file_purpose purpose;
	enum file_state state;
	int received, fault;
};

static void put_file(
	struct bench *bench, enum stmt stmt, uint32_t file, const struct file_fact *fact)
{
	bool is_ready = fact->state == FILE_READY;

	bench_row(bench, stmt, town_id(TOWN_COMMUNITY, 1), town_id(TOWN_RECORD, file),
		fact->complaint == 0 ? uuid_nil : town_id(TOWN_RECORD, fact->complaint),
		town_id(TOWN_ACCOUNT, fact->sender), (int)fact->purpose, (int)fact->state, SENT_BYTES,
		span_of(hash, 32), fact->received, fact->fault, town_id(TOWN_RECORD, file),
		is_ready ? FILE_TYPE_JPEG : 0, 900, is_ready ? span_of(hash, 32) : span_of(NULL, 0), 40, 30,
		TOWN_NOW - 1, is_ready ? TOWN_NOW : 0);
}

static void ask_about(struct bench *bench, enum method method, struct access_grants grants,
	const struct file_fact *fact)
{
	struct bench_complaint complaint = step_complaint(COMPLAINT_ON_SITE);

	bench_begin(bench, method, grants);
	put_id(bench, "community_id", TOWN_COMMUNITY, 1);
	put_id(bench, "file_id", TOWN_RECORD, FILE_NO);
	put_file(bench, STMT_file_get, FILE_NO, fact);
	if (fact->complaint != 0) {
		bench_complaint(bench, STMT_file_complaint, &complaint);
	}
}

/* --- who sees --- */

static const struct see_case {
	const char *what;
	const struct access_grants *who;
	uint32_t complaint, sender;
	enum err see, send;
} sees[] = {
	{"who sends it", &crew_member, 1, 1, ERR_OK, ERR_OK},
	{"who sees the complaint", &leader, 1, 2, ERR_OK, ERR_DENIED},
	{"of another crew, though they sent it", &crew_member_elsewhere, 1, 1, ERR_NOT_FOUND,
		ERR_NOT_FOUND},
	{"who has no grant any more, though they sent it", &expired_leader, 1, 1, ERR_DENIED,
		ERR_DENIED},
	{"of another team", &leader_of_team_2, 1, 2, ERR_NOT_FOUND, ERR_NOT_FOUND},
	{"of another community", &leader_elsewhere, 1, 2, ERR_NOT_FOUND, ERR_NOT_FOUND},
	{"who sends it, before it is submitted", &service, 0, 1, ERR_OK, ERR_OK},
	{"a manager, before it is submitted", &manager, 0, 2, ERR_NOT_FOUND, ERR_NOT_FOUND},
	{"who sends it and may not submit there now", &service_elsewhere, 0, 1, ERR_NOT_FOUND,
		ERR_NOT_FOUND},
};

static void check_see(const struct see_case *one)
{
	const struct file_fact fact = {
		one->complaint, one->sender, FILE_BEFORE, FILE_READY, SENT_BYTES, 0};
	const struct file_fact half = {one->complaint, one->sender, FILE_BEFORE, FILE_RECEIVING, 0, 0};
	struct bench bench;
	uint8_t *content;

	ask_about(&bench, METHOD_file_get, *one->who, &fact);
	CHECK_INT_EQ(bench_ask(&bench), one->see);
	bench_end(&bench);

	ask_about(&bench, METHOD_file_read, *one->who, &fact);
	put_number(&bench, "offset", 0);
	CHECK_INT_EQ(bench_ask(&bench), one->see);
	CHECK_INT_EQ(bench.r.effect != NULL, one->see == ERR_OK);
	bench_end(&bench);

	ask_about(&bench, METHOD_file_chunk, *one->who, &half);
	put_number(&bench, "offset", 0);
	content = arena_alloc(&bench.arena, FILE_CHUNK_BYTES);
	put_bytes(&bench, "content", span_of(content, FILE_CHUNK_BYTES));
	CHECK_INT_EQ(bench_ask(&bench), one->send);
	CHECK_INT_EQ(bench.r.effect != NULL, one->send == ERR_OK);
	bench_end(&bench);

	ask_about(&bench, METHOD_file_end, *one->who, &half);
	CHECK_INT_EQ(bench_ask(&bench), one->send == ERR_OK ? ERR_FILE_OFFSET : one->send);
	bench_end(&bench);
}

static void test_who_sees_a_complaint_sees_its_files(void)
{
	for (size_t i = 0; i < COUNT(sees); i++) {
		check_see(&sees[i]);
		if (check_failed()) {
			printf("# %s\n", sees[i].what);
			return;
		}
	}
}

static void test_reading_is_recorded(void)
{
	const struct file_fact fact = {1, 2, FILE_AFTER, FILE_READY, SENT_BYTES, 0};
	const struct query *effect;
	struct bench bench;

	ask_about(&bench, METHOD_file_read, leader, &fact);
	put_number(&bench, "offset", 0);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	effect = bench.r.effect;
	CHECK_INT_EQ(effect->stmt, STMT_file_read);
	CHECK_INT_EQ(stmt_rows[effect->stmt].lane, LANE_FILE);
	CHECK(param_is_id(effect, 4, town_id(TOWN_ACCOUNT, 1)));
	CHECK(param_is_id(effect, 5, town_id(TOWN_DEVICE, 1)));
	CHECK(!param_is_id(effect, 6, uuid_nil)); /* by which grant */
	CHECK_INT_EQ(param_time(effect, 7), TOWN_NOW);
	/* Nothing of it is in the reply before that is committed. */
	CHECK(!((const Pb__FileReadReply *)bench.r.reply)->has_content);
	bench_end(&bench);

	ask_about(&bench, METHOD_file_read, leader, &fact);
	put_number(&bench, "offset", FILE_CHUNK_BYTES); /* 900 bytes are kept */
	CHECK_INT_EQ(bench_ask(&bench), ERR_FIELD_RANGE);
	bench_end(&bench);
}

/* --- begin --- */

static const struct begin_case {
	const char *what;
	const struct access_grants *who;
	enum file_purpose purpose;
	bool has_complaint;
	enum complaint_state state;
	int64_t taken;
	uint32_t bytes;
	bool is_taken_id, is_respondent;
	enum err expected;
	const char *field;
} begins[] = {
	{"before, by who leads", &leader, FILE_BEFORE, true, COMPLAINT_ACCEPTED},
	{"a document, by customer service", &service, FILE_DOCUMENT, true,
		COMPLAINT_PENDING_CONFIRMATION},
	{"after, by the crew", &crew_member, FILE_AFTER, true, COMPLAINT_ON_SITE},
	{"after, by who leads", &leader, FILE_AFTER, true, COMPLAINT_ON_SITE, .expected = ERR_DENIED},
	{"a signature, by the crew", &crew_member, FILE_SIGNATURE, true, COMPLAINT_ON_SITE,
		.bytes = 65536},
	{"a signature, by who leads", &leader, FILE_SIGNATURE, true, COMPLAINT_ON_SITE,
		.expected = ERR_DENIED},
	{"a signature that is too large", &crew_member, FILE_SIGNATURE, true, COMPLAINT_ON_SITE,
		.bytes = 65537, .expected = ERR_FIELD_RANGE, .field = "bytes"},
	{"by who is complained about", &leader, FILE_BEFORE, true, COMPLAINT_ACCEPTED,
		.is_respondent = true, .expected = ERR_NOT_FOUND},
	{"by another team", &leader_of_team_2, FILE_BEFORE, true, COMPLAINT_ACCEPTED,
		.expected = ERR_NOT_FOUND},
	{"the ninth", &leader, FILE_BEFORE, true, COMPLAINT_ACCEPTED, .taken = 8},
	{"the tenth", &leader, FILE_BEFORE, true, COMPLAINT_ACCEPTED, .taken = 9,
		.expected = ERR_FILES_FULL, .field = "complaint_id"},
	{"the third signature", &crew_member, FILE_SIGNATURE, true, COMPLAINT_ON_SITE, .taken = 2},
	{"the fourth signature", &crew_member, FILE_SIGNATURE, true, COMPLAINT_ON_SITE, .taken = 3,
		.expected = ERR_FILES_FULL, .field = "complaint_id"},
	{"of one that has ended", &leader, FILE_BEFORE, true, COMPLAINT_CLOSED,
		.expected = ERR_STEP_REFUSED, .field = "complaint_id"},
	{"an id that is taken", &leader, FILE_BEFORE, true, COMPLAINT_ACCEPTED, .is_taken_id = true,
		.expected = ERR_ID_TAKEN},
	{"for one to come", &service, FILE_BEFORE, false},
	{"for one to come, the tenth", &service, FILE_BEFORE, false, .taken = 9,
		.expected = ERR_FILES_FULL, .field = "complaint_id"},
	{"for one to come elsewhere", &service_elsewhere, FILE_BEFORE, false,
		.expected = ERR_NOT_FOUND},
	{"after, of nothing", &crew_member, FILE_AFTER, false, .expected = ERR_FIELD_MISSING,
		.field = "complaint_id"},
};

static void find_begin(struct bench *bench, const struct begin_case *one)
{
	struct bench_complaint complaint;

	if (one->is_taken_id) {
		put_file(bench, STMT_file_get, FILE_NO,
			&(struct file_fact){1, 2, FILE_BEFORE, FILE_READY, 0, 0});
	}
	bench_row(bench, STMT_file_slots, one->taken);
	if (one->has_complaint) {
		complaint = step_complaint(one->state);
		complaint.respondent = one->is_respondent ? 1 : 0;
		bench_complaint(bench, STMT_complaint_get, &complaint);
	} else {
		bench_community(bench);
	}
}

static void check_begun(const struct bench *bench, const struct begin_case *one)
{
	const struct query *effect = bench->r.effect;
	struct uuid complaint = town_id(TOWN_RECORD, 1);

	CHECK_INT_EQ(effect->stmt, STMT_file_begin);
	CHECK(param_is_id(effect, 2, BENCH_KEY));
	CHECK_INT_EQ(param_is_null(effect, 10), !one->has_complaint);
	CHECK(param_is_id(effect, 11, one->has_complaint ? complaint : town_id(TOWN_ACCOUNT, 1)));
	CHECK_INT_EQ(param_number(effect, 12), one->purpose == FILE_SIGNATURE ? 10 : 1);
	CHECK_INT_EQ(param_number(effect, 13), one->purpose == FILE_SIGNATURE ? 12 : 9);
	CHECK_INT_EQ(param_number(effect, 14), one->purpose);
	CHECK_INT_EQ(param_time(effect, 17), TOWN_NOW + BENCH_DAY);
	CHECK(uuid_equal(
		bench->r.effect_key.record_id, one->has_complaint ? complaint : town_id(TOWN_ACCOUNT, 1)));
}

static void check_begin(const struct begin_case *one)
{
	struct bench bench;

	bench_begin(&bench, METHOD_file_begin, *one->who);
	put_id(&bench, "community_id", TOWN_COMMUNITY, 1);
	if (one->has_complaint) {
		put_id(&bench, "complaint_id", TOWN_RECORD, 1);
	}
	put_number(&bench, "purpose", (int64_t)one->purpose);
	put_number(&bench, "bytes", one->bytes == 0 ? 100 : one->bytes);
	put_bytes(&bench, "hash", span_of(hash, 32));
	find_begin(&bench, one);
	CHECK_INT_EQ(bench_ask(&bench), one->expected);
	CHECK_STR_EQ(bench.r.fault.field, one->field == NULL ? "" : one->field);
	CHECK_INT_EQ(bench.r.effect != NULL, one->expected == ERR_OK);
	if (one->expected == ERR_OK) {
		check_begun(&bench, one);
	}
	bench_end(&bench);
}

static void test_who_may_begin_what(void)
{
	for (size_t i = 0; i < COUNT(begins); i++) {
		check_begin(&begins[i]);
		if (check_failed()) {
			printf("# %s\n", begins[i].what);
			return;
		}
	}
}

/* --- chunk --- */

static const struct chunk_case {
	const char *what;
	enum file_state state;
	int received;
	uint32_t offset, len;
	enum err expected;
	const char *field;
	uint32_t says; /* received_bytes of the reply, or of what is current */
	bool writes;
} chunks[] = {
	{"the first", FILE_RECEIVING, 0, 0, FILE_CHUNK_BYTES, .says = FILE_CHUNK_BYTES, .writes = true},
	{"the last", FILE_RECEIVING, FILE_CHUNK_BYTES, FILE_CHUNK_BYTES, 10, .says = SENT_BYTES,
		.writes = true},
	{"again", FILE_RECEIVING, FILE_CHUNK_BYTES, 0, FILE_CHUNK_BYTES, .says = FILE_CHUNK_BYTES},
	{"again, at the end", FILE_RECEIVING, SENT_BYTES, FILE_CHUNK_BYTES, 10, .says = SENT_BYTES},
	{"again, after the end", FILE_READY, SENT_BYTES, 0, FILE_CHUNK_BYTES, .says = SENT_BYTES},
	{"of a refused one", FILE_REFUSED, SENT_BYTES, 0, FILE_CHUNK_BYTES, ERR_FILE_REFUSED,
		"content"},
	{"one too far", FILE_RECEIVING, 0, FILE_CHUNK_BYTES, 10, ERR_FILE_OFFSET, "offset", 0},
	{"too short", FILE_RECEIVING, 0, 0, FILE_CHUNK_BYTES - 1, ERR_FIELD_LENGTH, "content"},
	{"the last, too long", FILE_RECEIVING, FILE_CHUNK_BYTES, FILE_CHUNK_BYTES, 11, ERR_FIELD_LENGTH,
		"content"},
	{"behind the end", FILE_RECEIVING, SENT_BYTES, 2 * FILE_CHUNK_BYTES, 1, ERR_FIELD_LENGTH,
		"content"},
	{"between", FILE_RECEIVING, 0, 1, 10, ERR_FIELD_RANGE, "offset"},
};

static void check_chunk(const struct chunk_case *one)
{
	const struct file_fact fact = {1, 1, FILE_BEFORE, one->state, one->received,
		one->state == FILE_REFUSED ? FILE_FAULT_BROKEN : 0};
	struct bench bench;
	uint8_t *content;

	ask_about(&bench, METHOD_file_chunk, leader, &fact);
	content = arena_alloc(&bench.arena, one->len);
	put_number(&bench, "offset", one->offset);
	put_bytes(&bench, "content", span_of(content, one->len));
	CHECK_INT_EQ(bench_ask(&bench), one->expected);
	CHECK_STR_EQ(bench.r.fault.field, one->field == NULL ? "" : one->field);
	CHECK_INT_EQ(bench.r.effect != NULL, one->writes);
	if (one->expected == ERR_OK) {
		CHECK_INT_EQ(((const Pb__FileChunkReply *)bench.r.reply)->received_bytes, one->says);
	}
	if (one->writes) {
		CHECK_INT_EQ(bench.r.effect->stmt, STMT_file_chunk_put);
		CHECK_INT_EQ(param_number(bench.r.effect, 4), one->offset);
		CHECK_INT_EQ(param_number(bench.r.effect, 5), one->offset / FILE_CHUNK_BYTES);
		CHECK_INT_EQ(param_bytes(bench.r.effect, 6).len, one->len);
	}
	CHECK_INT_EQ(bench.r.current.len > 0, one->expected == ERR_FILE_OFFSET);
	bench_end(&bench);
}

static void test_where_a_piece_belongs(void)
{
	for (size_t i = 0; i < COUNT(chunks); i++) {
		check_chunk(&chunks[i]);
		if (check_failed()) {
			printf("# %s\n", chunks[i].what);
			return;
		}
	}
}

/* --- end --- */

/* The rows of a file that was sent whole, and what its check has found. */
static void decide_end(struct bench *bench, struct file_check_state *found, enum err expected)
{
	const struct file_fact fact = {1, 1, FILE_AFTER, FILE_RECEIVING, SENT_BYTES, 0};

	ask_about(bench, METHOD_file_end, crew_member, &fact);
	CHECK_INT_EQ(
		bench_ask(bench), ERR_FILE_OFFSET); /* the bench has no lanes: nothing was found yet */
	bench->r.current = (struct span){NULL, 0};
	found->file_id = town_id(TOWN_RECORD, FILE_NO);
	bench->r.state = found;
	CHECK_INT_EQ(bench->r.impl->decide(&bench->r), expected);
}

static void test_the_end_keeps_what_was_made(void)
{
	struct file_check_state found = {.type = FILE_TYPE_JPEG,
		.part_id = town_id(TOWN_RECORD, 502),
		.kept_bytes = 900,
		.width = 40,
		.height = 30,
		.kept_hash = {0x4E}};
	const Pb__FileEndReply *reply;
	const struct query *effect;
	struct bench bench;

	decide_end(&bench, &found, ERR_OK);
	effect = bench.r.effect;
	reply = (const Pb__FileEndReply *)bench.r.reply;
	CHECK_INT_EQ(effect->stmt, STMT_file_end);
	CHECK(param_is_id(effect, 2, town_id(TOWN_RECORD, FILE_NO)));
	CHECK(param_is_id(effect, 10, town_id(TOWN_RECORD, 502)));
	CHECK_INT_EQ(param_number(effect, 12), 900);
	CHECK_INT_EQ(param_bytes(effect, 13).ptr[0], 0x4E);
	CHECK_INT_EQ(param_number(effect, 14), 40);
	CHECK(reply->has_bytes && reply->bytes == 900 && reply->hash.data[0] == 0x4E);
	CHECK(reply->has_width && reply->width == 40 && reply->height == 30);
	bench_end(&bench);

	found = (struct file_check_state){
		.type = FILE_TYPE_PDF, .part_id = town_id(TOWN_RECORD, FILE_NO), .kept_bytes = SENT_BYTES};
	decide_end(&bench, &found, ERR_OK);
	CHECK(param_is_null(bench.r.effect, 14) && param_is_null(bench.r.effect, 15));
	CHECK(!((const Pb__FileEndReply *)bench.r.reply)->has_width);
	bench_end(&bench);
}

static void test_the_end_says_why_it_refuses(void)
{
	for (int fault = FILE_FAULT_HASH; fault <= FILE_FAULT_BROKEN; fault++) {
		struct file_check_state found = {.fault = (enum file_fault)fault};
		struct bench bench;

		decide_end(&bench, &found, ERR_FILE_REFUSED);
		CHECK_STR_EQ(bench.r.fault.field, file_fault_row(fault)->field);
		CHECK_STR_EQ(bench.r.fault.allowed, file_fault_row(fault)->allowed);
		CHECK_INT_EQ(bench.r.effect->stmt, STMT_file_refuse);
		CHECK_INT_EQ(param_number(bench.r.effect, 4), fault);
		CHECK(bench.r.reply == NULL);
		bench_end(&bench);
	}
}

/* --- named by others --- */

static const struct name_case {
	const char *what;
	struct file_fact fact;
	bool is_there;
	enum err done, submit;
} names[] = {
	{"the work", {1, 2, FILE_AFTER, FILE_READY, 0, 0}, true, ERR_OK, ERR_FIELD_INVALID},
	{"how it was", {1, 2, FILE_BEFORE, FILE_READY, 0, 0}, true, ERR_FIELD_INVALID,
		ERR_FIELD_INVALID},
	{"of another complaint", {2, 2, FILE_AFTER, FILE_READY, 0, 0}, true, ERR_FIELD_INVALID,
		ERR_FIELD_INVALID},
	{"not sent whole", {1, 2, FILE_AFTER, FILE_RECEIVING, 0, 0}, true, ERR_FIELD_INVALID,
		ERR_FIELD_INVALID},
	{"of none yet, one's own", {0, 1, FILE_BEFORE, FILE_READY, 0, 0}, true, ERR_FIELD_INVALID,
		ERR_OK},
	{"of none yet, a document", {0, 1, FILE_DOCUMENT, FILE_READY, 0, 0}, true, ERR_FIELD_INVALID,
		ERR_OK},
	{"of none yet, another's", {0, 2, FILE_BEFORE, FILE_READY, 0, 0}, true, ERR_FIELD_INVALID,
		ERR_FIELD_INVALID},
	{"none", {0}, false, ERR_FIELD_INVALID, ERR_FIELD_INVALID},
};

static void name_file(struct bench *bench, const struct name_case *one)
{
	put_id(bench, "file_ids", TOWN_RECORD, FILE_NO);
	if (one->is_there) {
		put_file(bench, STMT_file_some, FILE_NO, &one->fact);
	}
}

static void check_done(const struct name_case *one)
{
	struct bench_complaint complaint = step_complaint(COMPLAINT_ON_SITE);
	const struct step_row row = {METHOD_complaint_done, COMPLAINT_STEP_DONE};
	struct bench bench;

	bench_begin(&bench, METHOD_complaint_done, crew_member);
	put_id(&bench, "community_id", TOWN_COMMUNITY, 1);
	put_id(&bench, "complaint_id", TOWN_RECORD, 1);
	put_number(&bench, "version", STEP_VERSION);
	put_text(&bench, "result", "换了水管");
	step_find(&bench, &row, &complaint, STEP_PHONE);
	name_file(&bench, one);
	CHECK_INT_EQ(bench_ask(&bench), one->done);
	CHECK_STR_EQ(bench.r.fault.field, one->done == ERR_OK ? "" : "file_ids");
	if (one->done ==
		ERR_OK) { /* alone it is enough, and the receipt has the hash of what is kept */
		CHECK_INT_EQ(param_bytes(bench.r.effect, 60).len, 32);
		CHECK_INT_EQ(param_bytes(bench.r.effect, 60).ptr[0], 0xF1);
	}
	bench_end(&bench);
}

static void check_submit(const struct name_case *one)
{
	struct bench bench;

	bench_begin(&bench, METHOD_complaint_submit, service);
	put_id(&bench, "community_id", TOWN_COMMUNITY, 1);
	put_number(&bench, "kind", PB__COMPLAINT__KIND__REPAIR);
	put_number(&bench, "channel", PB__COMPLAINT__CHANNEL__PHONE);
	put_text(&bench, "text", "电梯困人");
	put_id(&bench, "place_id", TOWN_RECORD, 901);
	bench_row(&bench, STMT_place_around, "花园小区", 1, NULL, 4, "南门", "", town_id(TOWN_TEAM, 1),
		"2026-11-23 19:20", "Asia/Shanghai");
	name_file(&bench, one);
	CHECK_INT_EQ(bench_ask(&bench), one->submit);
	CHECK_STR_EQ(bench.r.fault.field, one->submit == ERR_OK ? "" : "file_ids");
	if (one->submit == ERR_OK) {
		CHECK_INT_EQ(bench.r.effect->stmt, STMT_complaint_submit);
		CHECK_INT_EQ(param_count(bench.r.effect, 46), 1);
		CHECK(param_holds_id(bench.r.effect, 46, town_id(TOWN_RECORD, FILE_NO)));
	}
	bench_end(&bench);
}

static void test_which_files_others_may_name(void)
{
	for (size_t i = 0; i < COUNT(names); i++) {
		check_done(&names[i]);
		check_submit(&names[i]);
		if (check_failed()) {
			printf("# %s\n", names[i].what);
			return;
		}
	}
}

static const struct test tests[] = {
	{"who_sees_a_complaint_sees_its_files", test_who_sees_a_complaint_sees_its_files},
	{"reading_is_recorded", test_reading_is_recorded},
	{"who_may_begin_what", test_who_may_begin_what},
	{"where_a_piece_belongs", test_where_a_piece_belongs},
	{"the_end_keeps_what_was_made", test_the_end_keeps_what_was_made},
	{"the_end_says_why_it_refuses", test_the_end_says_why_it_refuses},
	{"which_files_others_may_name", test_which_files_others_may_name},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
