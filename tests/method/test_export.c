/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves export.*: the password once more before anything begins; what of a complaint leaves, and that nothing else
 * does, however many columns are asked for; how many rows go out alone, over many exports, and after an approval; that
 * roles which may not export count for nothing in what is read; who approves, ends and cancels.
 */
#include "complaint.pb-c.h"
#include "export.pb-c.h"
#include "server/domain/complaint.h"
#include "server/hash.h"
#include "tests/check.h"
#include "tests/method/bench.h"

#define PASSWORD "correct horse"
#define ALONE 10
#define DAY BENCH_DAY

enum { OPEN = PB__EXPORT__STATE__OPEN, DONE = PB__EXPORT__STATE__DONE };

static struct span list_bytes(struct bench *bench)
{
	struct uuid community_id = town_id(TOWN_COMMUNITY, 1);
	Pb__ComplaintList list = PB__COMPLAINT_LIST__INIT;

	list.has_community_id = list.has_only_open = list.only_open = true;
	list.has_order = true;
	list.order = PB__COMPLAINT_LIST__ORDER__DUE; /* which an export does not have */
	list.community_id =
		codec_bytes(arena_span(&bench->arena, span_of(community_id.bytes, UUID_BYTES)));
	return codec_encode(&list.base, &bench->arena);
}

/* An export as it is there; what is 0 is so, but for the account (1), the state (OPEN) and since when (an hour). */
struct there {
	uint32_t account, approver;
	int state;
	int rows;
	bool is_whole;
	int64_t alone; /* rows besides */
	int64_t age_us;
};

static void find_export(struct bench *bench, const struct there *there)
{
	int64_t age_us = there->age_us == 0 ? DAY / 24 : there->age_us;
	bool is_over = there->state > OPEN;

	bench_row(bench, STMT_export_get, town_id(TOWN_COMMUNITY, 1), town_id(TOWN_RECORD, 9),
		town_id(TOWN_ACCOUNT, there->account == 0 ? 1 : there->account), "漆怀瑾",
		there->state == 0 ? OPEN : there->state, list_bytes(bench), "13", 1, there->rows,
		(int)there->is_whole, TOWN_NOW - age_us, INT64_C(0), is_over ? TOWN_NOW : INT64_C(0),
		there->approver == 0 ? uuid_nil : town_id(TOWN_ACCOUNT, there->approver),
		there->approver == 0 ? NULL : "冯启明", there->approver == 0 ? INT64_C(0) : TOWN_NOW, 4,
		there->alone);
}

static void begin(struct bench *bench, enum method method, const struct access_grants *who)
{
	bench_begin(bench, method, *who);
	bench->config.export_rows_alone = ALONE;
	put_id(bench, "community_id", TOWN_COMMUNITY, 1);
	if (method != METHOD_export_begin) {
		put_id(bench, "export_id", TOWN_RECORD, 9);
	}
}

/* --- begin --- */

static const struct {
	const char *what;
	const struct access_grants *who;
	const char *password;
	bool is_there;
	enum err expected;
} begins[] = {
	{"the desk", &service, PASSWORD, false, ERR_OK},
	{"a manager", &manager, PASSWORD, false, ERR_OK},
	{"the director", &director, PASSWORD, false, ERR_OK},
	{"a leader", &leader, PASSWORD, false, ERR_DENIED},
	{"the desk of elsewhere", &service_elsewhere, PASSWORD, false, ERR_NOT_FOUND},
	{"the wrong password", &manager, "wrong horse", false, ERR_LOGIN_FAILED},
	{"an id that is somebody's", &manager, PASSWORD, true, ERR_ID_TAKEN},
};

static void test_the_password_once_more(void)
{
	static const struct there other = {.account = 2};

	for (size_t i = 0; i < COUNT(begins); i++) {
		struct str phc;
		struct bench bench;

		begin(&bench, METHOD_export_begin, begins[i].who);
		phc = hash_password(&bench.arena, STR(PASSWORD), BENCH_HASH_KIB);
		put_id(&bench, "list.community_id", TOWN_COMMUNITY, 1);
		put_number(&bench, "list.limit", 3);
		put_number(&bench, "format", PB__EXPORT__FORMAT__XLSX);
		put_number(&bench, "columns", PB__EXPORT__COLUMN__TITLE);
		put_number(&bench, "columns", PB__EXPORT__COLUMN__KIND);
		put_number(&bench, "columns", PB__EXPORT__COLUMN__TITLE);
		put_text(&bench, "own_password", begins[i].password);
		bench_row(&bench, STMT_account_get, town_id(TOWN_ACCOUNT, 1), "qi", "漆怀瑾",
			arena_c_string(&bench.arena, phc), 1, 7);
		if (begins[i].is_there) {
			find_export(&bench, &other);
		}
		CHECK_INT_EQ(bench_ask(&bench), begins[i].expected);
		CHECK_INT_EQ(bench.r.effect != NULL, begins[i].expected == ERR_OK);
		if (begins[i].expected == ERR_OK) {
			CHECK_INT_EQ(param_count(bench.r.effect, 11), 2); /* each once, in their order */
			CHECK_INT_EQ(param_int2_at(bench.r.effect, 11, 0), PB__EXPORT__COLUMN__KIND);
			CHECK_INT_EQ(param_number(bench.r.effect, 12), PB__EXPORT__FORMAT__XLSX);
			CHECK_INT_EQ(param_bytes(bench.r.effect, 10).len, 2 + UUID_BYTES); /* no limit */
			CHECK_INT_EQ(param_bytes(bench.r.effect, 13).len, 32);
		}
		bench_end(&bench);
		if (check_failed()) {
			printf("# %s\n", begins[i].what);
			return;
		}
	}
}

/* --- read --- */

static const struct {
	const char *what;
	struct there there;
	uint32_t limit; /* 0: none is asked for */
	enum err expected;
	int rows; /* that the list is asked for */
} rooms[] = {
	{"as many as alone", {.rows = 0}, 0, ERR_OK, ALONE},
	{"fewer are asked for", {.rows = 0}, 3, ERR_OK, 3},
	{"others took some", {.alone = 8}, 0, ERR_OK, 2},
	{"others took all", {.alone = 10}, 0, ERR_APPROVAL_NEEDED, 0},
	{"others took more", {.alone = 11}, 0, ERR_APPROVAL_NEEDED, 0},
	{"what went out goes out again", {.rows = 10}, 0, ERR_OK, ALONE},
	{"approved", {.alone = 11, .approver = 2}, 0, ERR_OK, 1000},
	{"approved, and fewer", {.alone = 11, .approver = 2}, 7, ERR_OK, 7},
	{"done", {.state = DONE}, 0, ERR_STEP_REFUSED, 0},
	{"too old", {.age_us = 7 * DAY}, 0, ERR_STEP_REFUSED, 0},
	{"not quite", {.age_us = 7 * DAY - 1}, 0, ERR_OK, ALONE},
	{"somebody else's", {.account = 2}, 0, ERR_NOT_FOUND, 0},
};

static void test_how_many_rows_go_out(void)
{
	for (size_t i = 0; i < COUNT(rooms); i++) {
		struct bench bench;

		begin(&bench, METHOD_export_read, &service);
		if (rooms[i].limit != 0) {
			put_number(&bench, "limit", rooms[i].limit);
		}
		find_export(&bench, &rooms[i].there);
		CHECK_INT_EQ(bench_ask(&bench), rooms[i].expected);
		if (rooms[i].expected == ERR_OK) {
			const struct query *list = &bench.r.queries[0];

			CHECK_INT_EQ(param_number(list, 9), 1);                  /* the filter's: only open */
			CHECK_INT_EQ(param_number(list, 18), rooms[i].rows + 1); /* one more tells of more */
			CHECK_INT_EQ(bench.r.effect->stmt, STMT_export_read);
			CHECK_INT_EQ(
				param_number(bench.r.effect, 5), 1); /* nothing found: it is the last page */
			CHECK_INT_EQ(param_number(bench.r.effect, 8), ALONE);
		}
		bench_end(&bench);
		if (check_failed()) {
			printf("# %s\n", rooms[i].what);
			return;
		}
	}
}

/* Who is at the desk and leads a team reads as the desk here: a leader exports nothing. */
static void test_only_roles_that_export_count(void)
{
	static const struct there there = {.rows = 0};
	struct bench bench;

	begin(&bench, METHOD_export_read, &service_and_leader);
	find_export(&bench, &there);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	CHECK_INT_EQ(param_number(&bench.r.queries[0], 2), 1);
	CHECK_INT_EQ(param_count(&bench.r.queries[0], 5), 0); /* no team of the leader's */
	bench_end(&bench);

	begin(&bench, METHOD_export_read, &leader);
	find_export(&bench, &there);
	CHECK_INT_EQ(bench_ask(&bench), ERR_DENIED);
	bench_end(&bench);
}

static size_t set_fields(const ProtobufCMessage *message)
{
	const ProtobufCMessageDescriptor *type = message->descriptor;
	size_t count = 0;

	for (unsigned i = 0; i < type->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &type->fields[i];
		const void *value = (const char *)message + field->offset;
		const void *has = (const char *)message + field->quantifier_offset;
		bool is_pointer =
			field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_MESSAGE;

		if (field->label == PROTOBUF_C_LABEL_REPEATED) {
			count += *(const size_t *)has > 0 ? 1 : 0;
		} else if (is_pointer) {
			count += *(void *const *)value != NULL ? 1 : 0;
		} else {
			count += *(const protobuf_c_boolean *)has ? 1 : 0;
		}
	}
	return count;
}

/* The export of find_export has number and state, the row nearly everything. */
static void test_nothing_but_its_columns(void)
{
	static const struct there there = {.rows = 0};
	const struct bench_complaint complaint = {.record = 1,
		.version = 5,
		.state = COMPLAINT_SCHEDULED,
		.worker = 2,
		.respondent = 3,
		.window_from_us = TOWN_NOW,
		.window_to_us = TOWN_NOW + 1,
		.rating = 5};
	const Pb__ExportReadReply *reply;
	struct bench bench;

	begin(&bench, METHOD_export_read, &director);
	find_export(&bench, &there);
	bench_complaint(&bench, STMT_complaint_list_open, &complaint);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	reply = (const void *)bench.r.reply;
	CHECK_INT_EQ(reply->n_complaints, 1);
	CHECK_INT_EQ(set_fields(&reply->complaints[0]->base), 2);
	CHECK(reply->complaints[0]->number != NULL && reply->complaints[0]->has_state);
	CHECK_INT_EQ(reply->row_count, 1);
	CHECK_INT_EQ(param_number(bench.r.effect, 4), 1);
	bench_end(&bench);
}

/* A page goes on where the last one ended, and counts on; its cursor is nobody else's and of no other export. */
static void test_the_next_page(void)
{
	static const struct there there = {.rows = 1};
	struct bench_complaint complaint = {.record = 1, .version = 5, .state = COMPLAINT_ACCEPTED};
	const Pb__ExportReadReply *reply;
	struct span cursor;
	uint8_t bytes[128];
	struct bench bench;

	begin(&bench, METHOD_export_read, &service);
	put_number(&bench, "limit", 1);
	find_export(&bench, &there);
	bench_complaint(&bench, STMT_complaint_list_open, &complaint);
	complaint.record = 2;
	complaint.submitted_us = TOWN_NOW - 1;
	bench_complaint(&bench, STMT_complaint_list_open, &complaint);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	reply = (const void *)bench.r.reply;
	CHECK_INT_EQ(reply->n_complaints, 1);
	CHECK(reply->has_cursor && reply->cursor.len <= sizeof bytes);
	CHECK_INT_EQ(param_number(bench.r.effect, 5), 0); /* not the last page */
	memcpy(bytes, reply->cursor.data, reply->cursor.len);
	cursor = span_of(bytes, reply->cursor.len);
	bench_again(&bench, METHOD_export_read);
	put_id(&bench, "community_id", TOWN_COMMUNITY, 1);
	put_id(&bench, "export_id", TOWN_RECORD, 9);
	put_bytes(&bench, "cursor", cursor);
	find_export(&bench, &there);
	bench_complaint(&bench, STMT_complaint_list_open, &complaint);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	CHECK(param_is_id(&bench.r.queries[0], 17, town_id(TOWN_RECORD, 1)));
	CHECK_INT_EQ(param_number(&bench.r.queries[0], 18), ALONE - 1 + 1);
	CHECK_INT_EQ(((const Pb__ExportReadReply *)(const void *)bench.r.reply)->row_count, 2);
	bench_again(&bench, METHOD_export_read);
	put_id(&bench, "community_id", TOWN_COMMUNITY, 1);
	put_id(&bench, "export_id", TOWN_RECORD, 8);
	put_bytes(&bench, "cursor", cursor);
	find_export(&bench, &there);
	CHECK_INT_EQ(bench_ask(&bench), ERR_CURSOR_INVALID);
	bench_end(&bench);
}

/* --- approve, end, cancel --- */

static const struct {
	const char *what;
	enum method method;
	const struct access_grants *who;
	struct there there;
	enum err expected;
} ends[] = {
	{"approved by a manager", METHOD_export_approve, &manager, {.account = 2}, ERR_OK},
	{"one's own", METHOD_export_approve, &manager, {.account = 1}, ERR_SECOND_PERSON},
	{"by the desk", METHOD_export_approve, &service, {.account = 2}, ERR_DENIED},
	{"twice", METHOD_export_approve, &director, {.account = 2, .approver = 3}, ERR_STEP_REFUSED},
	{"when it is over", METHOD_export_approve, &director, {.account = 2, .state = DONE},
		ERR_STEP_REFUSED},
	{"ended", METHOD_export_end, &service, {.is_whole = true}, ERR_OK},
	{"not to the last page", METHOD_export_end, &service, {.rows = 3}, ERR_STEP_REFUSED},
	{"twice ended", METHOD_export_end, &service, {.is_whole = true, .state = DONE},
		ERR_STEP_REFUSED},
	{"somebody else's", METHOD_export_end, &manager, {.account = 2, .is_whole = true},
		ERR_NOT_FOUND},
	{"cancelled", METHOD_export_cancel, &service, {.rows = 3}, ERR_OK},
	{"somebody else's, as manager", METHOD_export_cancel, &manager, {.account = 2}, ERR_OK},
	{"somebody else's, at the desk", METHOD_export_cancel, &service, {.account = 2}, ERR_NOT_FOUND},
	{"what is over", METHOD_export_cancel, &service, {.state = DONE}, ERR_STEP_REFUSED},
};

static void test_how_it_ends(void)
{
	for (size_t i = 0; i < COUNT(ends); i++) {
		struct bench bench;

		begin(&bench, ends[i].method, ends[i].who);
		find_export(&bench, &ends[i].there);
		CHECK_INT_EQ(bench_ask(&bench), ends[i].expected);
		CHECK_INT_EQ(bench.r.effect != NULL, ends[i].expected == ERR_OK);
		CHECK_INT_EQ(bench.r.current.len > 0, ends[i].expected == ERR_STEP_REFUSED);
		bench_end(&bench);
		if (check_failed()) {
			printf("# %s\n", ends[i].what);
			return;
		}
	}
}

static void test_who_sees_whose(void)
{
	static const struct {
		const struct access_grants *who;
		bool is_all;
	} rows[] = {{&service, false}, {&manager, true}, {&director, true}};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bench bench;

		bench_begin(&bench, METHOD_export_list, *rows[i].who);
		put_id(&bench, "community_id", TOWN_COMMUNITY, 1);
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		CHECK_INT_EQ(param_number(&bench.r.queries[0], 2), rows[i].is_all);
		CHECK(param_is_id(&bench.r.queries[0], 3, town_id(TOWN_ACCOUNT, 1)));
		bench_end(&bench);
	}
}

static const struct test tests[] = {
	{"the_password_once_more", test_the_password_once_more},
	{"how_many_rows_go_out", test_how_many_rows_go_out},
	{"only_roles_that_export_count", test_only_roles_that_export_count},
	{"nothing_but_its_columns", test_nothing_but_its_columns},
	{"the_next_page", test_the_next_page},
	{"how_it_ends", test_how_it_ends},
	{"who_sees_whose", test_who_sees_whose},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
