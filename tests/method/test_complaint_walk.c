/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves complaint.list and complaint.count on a real PostgreSQL, for each role and many filters: pages lead to the
 * end and back through the same rows, while others come and go too; an anchor is where counting lands; a count is what
 * the list has, state by state; and a list without conditions has exactly what complaint.get shows the same person.
 */
#include <stdio.h>
#include <stdlib.h>

#include "complaint.pb-c.h"
#include "tests/check.h"
#include "tests/method/bench.h"
#include "tests/server/pg.h"

#define ROWS 260 /* in the community; more than two anchors */
#define SEEN_MAX 1024
#define LIMIT 37
#define STATES 200
#define CURSOR_MAX 64

static struct pg_database database;
static PGconn *super;
static PGconn *app;

/*
 * Complaints 1 … ROWS of every sort, the oldest first, some at one moment; team 1 has most, team 3 some, others are in
 * the queue. Nobody is sent to what the director leads. Building 1 holds entrance 2, which holds dwelling 3; gate 4
 * stands alone.
 */
/* clang-format off: it is SQL */
static const char build[] =
	"SET session_replication_role = replica; SET timezone = 'UTC';"
	"CREATE FUNCTION pg_temp.id(kind text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS"
	" $$ SELECT (kind || '000000-0000-0000-0000-' || lpad(to_hex(n), 12, '0'))::uuid $$;"
	"CREATE FUNCTION pg_temp.now() RETURNS timestamptz LANGUAGE sql IMMUTABLE AS"
	" $$ SELECT timestamptz '2026-11-23 11:20:00+00' $$;" /* TOWN_NOW */
	"INSERT INTO team VALUES (pg_temp.id('a2', 1), pg_temp.id('a3', 3), '三组', now());"
	"INSERT INTO crew VALUES (pg_temp.id('a4', 2), '木工组', now());"
	"INSERT INTO place (community_id, place_id, kind, code, parent_id, created_at)"
	" SELECT pg_temp.id('a2', 1), pg_temp.id('a5', n), kind, code, pg_temp.id('a5', parent), now()"
	" FROM (VALUES (1, 1, '1', NULL), (2, 2, '1-1', 1), (3, 3, '1-1-101', 2), (4, 4, '南门', NULL))"
	" p (n, kind, code, parent);"
	"CREATE TEMP TABLE n AS SELECT n, pg_temp.id('a2', 1) AS community_id, pg_temp.id('a5', 1000 + "
	"n) AS id,"
	" (ARRAY[1, 2, 2, 3, 4, 5, 6, 7, 7, 100, 100, 102, 105])[n % 13 + 1] AS state, n % 17 % 4 + 1 "
	"AS lead"
	" FROM generate_series(1, 260) n;"
	"INSERT INTO complaint (community_id, complaint_id, day, day_no, version, kind, channel, "
	"urgency, state,"
	" body, submitted_at, changed_at, team_id, crew_id, worker_id, respondent_id, lead, place_id, "
	"category,"
	" ended_at, pending_at, remind_at, chased_count, reporter)"
	" SELECT community_id, id, '2026-11-01', n, 1, n % 4 + 1, 1, n % 3 + 1, state, '电梯',"
	" pg_temp.now() - (260 - n) / 3 * interval '7 hours', now(),"
	" CASE n % 7 WHEN 0 THEN NULL WHEN 1 THEN pg_temp.id('a3', 3) ELSE pg_temp.id('a3', 1) END,"
	" CASE n % 5 WHEN 0 THEN pg_temp.id('a4', 1) WHEN 1 THEN pg_temp.id('a4', 2) END,"
	" CASE WHEN lead < 4 AND n % 9 < 2 THEN pg_temp.id('a0', n % 9 + 1) END,"
	" CASE WHEN n % 11 < 2 THEN pg_temp.id('a0', n % 11 + 1) END, lead,"
	" pg_temp.id('a5', n % 4 + 1), 200 + n % 3 * 100,"
	" CASE WHEN state >= 100 THEN pg_temp.now() - (n % 60 * 24 + 1) * interval '1 hour' END,"
	" CASE WHEN state >= 7 THEN pg_temp.now() - interval '8 days' END,"
	" CASE WHEN state = 7 AND n % 2 = 0 THEN pg_temp.now() END,"
	" CASE WHEN n % 8 = 0 THEN 1 ELSE 0 END, n % 3 + 1 FROM n;"
	"INSERT INTO complaint_search SELECT community_id, id, word, ARRAY[ascii(word)::bigint << 21 |"
	" ascii(right(word, 1))] FROM (SELECT *, CASE n % 2 WHEN 0 THEN '电梯' ELSE '水管' END AS word "
	"FROM n) n;"
	"INSERT INTO complaint_clock (community_id, complaint_id, set_no, row_no, from_at, due_at, "
	"met_at, fired,"
	" provisional, paused_us, running_due, running) SELECT community_id, id, 1, 1, '{}', '{}', "
	"'{}', 0, 0, 0,"
	" CASE WHEN n % 4 > 0 THEN pg_temp.now() + (n % 10 - 5) * interval '1 hour' END, 1 FROM n "
	"WHERE n % 5 > 0;"
	"INSERT INTO event (community_id, at, topic, subject_id, step, version, account_id, device_id, "
	"grant_id)"
	" SELECT community_id, pg_temp.now() - n * interval '1 hour', 1, id, 1, 1, pg_temp.id('a0', n "
	"% 2 + 1),"
	" pg_temp.id('a1', 1), pg_temp.id('a6', 1) FROM n;"
	"SET session_replication_role = origin";
/* clang-format on */

/* --- who asks what --- */

static const struct {
	const char *name;
	const struct access_grants *grants;
} people[] = {
	{"service", &service},
	{"manager", &manager},
	{"director", &director},
	{"inspector", &inspector},
	{"leader", &leader},
	{"officer", &officer},
	{"officer and leader", &officer_and_leader},
	{"cleaner", &cleaner},
	{"crew member", &crew_member},
};

/* Of the list, and with `inside` of the count: "filter.states". */
static const char *field_of(const char *field, bool inside)
{
	return inside ? town_text("filter.%s", field) : field;
}

struct condition {
	const char *field;
	int64_t number; /* … or an id: */
	enum town_kind kind;
	uint32_t id;
	const char *text;
};

#define CONDITIONS_MAX 3

static const struct {
	const char *name;
	struct condition conditions[CONDITIONS_MAX];
} filters[] = {
	{"all", {{NULL}}},
	{"open", {{"only_open", 1}}},
	{"open by clock", {{"only_open", 1}, {"order", 2}}},
	{"a state", {{"states", 100}}},
	{"overdue by clock", {{"due_before_us", TOWN_NOW}, {"order", 2}}},
	{"a building", {{"place_id", .kind = TOWN_RECORD, .id = 1}}},
	{"a building by clock", {{"place_id", .kind = TOWN_RECORD, .id = 1}, {"order", 2}}},
	{"a word", {{"text", .text = "电梯"}, {"from_us", TOWN_NOW - 20 * BENCH_DAY}}},
	{"a word by clock", {{"text", .text = "水管"}, {"order", 2}}},
	{"a character", {{"text", .text = "管"}, {"from_us", TOWN_NOW - 20 * BENCH_DAY}}},
	{"a character by clock", {{"text", .text = "管"}, {"order", 2}}},
	{"who is sent", {{"worker_id", .kind = TOWN_ACCOUNT, .id = 1}}},
	{"who had it in hand",
		{{"handled_by_id", .kind = TOWN_ACCOUNT, .id = 1}, {"from_us", TOWN_NOW - 5 * BENCH_DAY}}},
	{"the queue", {{"only_queue", 1}}},
	{"to be decided", {{"waits_for_decision", 1}}},
	{"asked again", {{"only_chased", 1}}},
	{"ended", {{"ended_from_us", TOWN_NOW - 30 * BENCH_DAY}}},
	{"a team", {{"team_id", .kind = TOWN_TEAM, .id = 3}}},
	{"teams, kind, urgency",
		{{"team_ids", .kind = TOWN_TEAM, .id = 1}, {"kinds", 2}, {"least_urgency", 2}}},
	{"a period", {{"from_us", TOWN_NOW - 20 * BENCH_DAY}, {"to_us", TOWN_NOW - 3 * BENCH_DAY}}},
};

static void put_filter(struct bench *bench, size_t filter, bool inside)
{
	put_id(bench, field_of("community_id", inside), TOWN_COMMUNITY, 1);
	for (size_t i = 0; i < CONDITIONS_MAX; i++) {
		const struct condition *condition = &filters[filter].conditions[i];

		if (condition->field == NULL) {
			return;
		}
		if (condition->text != NULL) {
			put_text(bench, field_of(condition->field, inside), condition->text);
		} else if (condition->id != 0) {
			struct uuid id = town_id(condition->kind, condition->id);

			put_bytes(bench, field_of(condition->field, inside), span_of(id.bytes, UUID_BYTES));
		} else {
			put_number(bench, field_of(condition->field, inside), condition->number);
		}
	}
}

/* --- walking --- */

struct walk {
	uint32_t seen[SEEN_MAX]; /* numbers of complaints, in the list's order */
	uint32_t states[STATES]; /* how many of each */
	size_t count;
	size_t page_count;
	uint8_t cursor[CURSOR_MAX]; /* the last one that there was */
	size_t cursor_len;
};

static void begin(struct bench *bench, size_t person)
{
	bench_begin(bench, METHOD_complaint_list, *people[person].grants);
	bench->pg = app;
}

static const Pb__ComplaintListReply *reply_of(const struct bench *bench)
{
	return (const Pb__ComplaintListReply *)bench->r.reply;
}

static uint32_t number_of(const Pb__Complaint *row)
{
	return get_u32(row->complaint_id.data + 12) - 1000;
}

static void keep_cursor(struct walk *walk, bool has, ProtobufCBinaryData cursor)
{
	walk->cursor_len = has ? cursor.len : 0;
	assert(walk->cursor_len <= CURSOR_MAX);
	memcpy(walk->cursor, has ? cursor.data : walk->cursor, walk->cursor_len);
}

/* One page from the walk's cursor, none: the first. Its rows go to `seen`, those of a page back from its end. */
static void ask_page(struct bench *bench, struct walk *walk, size_t filter, bool back)
{
	const Pb__ComplaintListReply *reply;

	bench_again(bench, METHOD_complaint_list);
	put_filter(bench, filter, false);
	put_number(bench, "limit", LIMIT);
	if (walk->cursor_len > 0) {
		put_bytes(bench, "cursor", span_of(walk->cursor, walk->cursor_len));
	}
	CHECK_INT_EQ(bench_ask(bench), ERR_OK);
	reply = reply_of(bench);
	walk->page_count++;
	for (size_t i = 0; i < reply->n_complaints && walk->count < SEEN_MAX; i++) {
		const Pb__Complaint *row = reply->complaints[back ? reply->n_complaints - 1 - i : i];

		walk->seen[walk->count++] = number_of(row);
		walk->states[row->state]++;
	}
	if (back) {
		keep_cursor(walk, reply->has_cursor_back, reply->cursor_back);
	} else {
		keep_cursor(walk, reply->has_cursor, reply->cursor);
	}
}

static void walk_on(struct bench *bench, struct walk *walk, size_t filter)
{
	do {
		ask_page(bench, walk, filter, false);
	} while (walk->cursor_len > 0 && walk->page_count < ROWS && !check_failed());
}

/* From the last page of `there`, whose rows are left out, to the beginning: the rest in reverse. */
static void check_way_back(struct bench *bench, const struct walk *there, size_t filter)
{
	size_t last_count = reply_of(bench)->n_complaints;
	struct walk back = {0};

	keep_cursor(&back, reply_of(bench)->has_cursor_back, reply_of(bench)->cursor_back);
	CHECK_INT_EQ(back.cursor_len > 0, there->page_count > 1);
	while (back.cursor_len > 0 && back.page_count < ROWS && !check_failed()) {
		ask_page(bench, &back, filter, true);
	}
	CHECK_INT_EQ(back.count, there->count - last_count);
	for (size_t i = 0; i < back.count && !check_failed(); i++) {
		CHECK_INT_EQ(back.seen[i], there->seen[there->count - last_count - 1 - i]);
	}
}

/* Each anchor leads to the row that is the next by counting. */
static void check_anchors(struct bench *bench, const struct walk *there, size_t filter)
{
	struct walk jump = {0};
	size_t anchor_count;

	for (size_t anchor = 1; anchor <= there->count / 100 && !check_failed(); anchor++) {
		bench_again(bench, METHOD_complaint_list);
		put_filter(bench, filter, false);
		put_number(bench, "with_anchors", 1);
		CHECK_INT_EQ(bench_ask(bench), ERR_OK);
		anchor_count = reply_of(bench)->n_anchors;
		CHECK_INT_EQ(anchor_count, there->count / 100);
		CHECK_INT_EQ(reply_of(bench)->row_count, there->count);
		keep_cursor(&jump, true, reply_of(bench)->anchors[anchor - 1]);
		jump.count = 0;
		ask_page(bench, &jump, filter, false);
		CHECK_INT_EQ(jump.count, size_min(LIMIT, there->count - 100 * anchor));
		for (size_t i = 0; i < jump.count; i++) {
			CHECK_INT_EQ(jump.seen[i], there->seen[100 * anchor + i]);
		}
	}
}

static void check_count(struct bench *bench, const struct walk *there, size_t filter)
{
	const Pb__ComplaintCountReply *reply;
	uint32_t total = 0;

	bench_again(bench, METHOD_complaint_count);
	put_filter(bench, filter, true);
	CHECK_INT_EQ(bench_ask(bench), ERR_OK);
	reply = (const Pb__ComplaintCountReply *)bench->r.reply;
	for (size_t i = 0; i < reply->n_counts; i++) {
		CHECK_INT_EQ(reply->counts[i]->count, there->states[reply->counts[i]->state]);
		total += reply->counts[i]->count;
	}
	CHECK_INT_EQ(reply->total, there->count);
	CHECK_INT_EQ(total, there->count);
	CHECK(!reply->has_more);
}

/* May this be asked at all? What somebody else did is not for everybody; here everybody asks of themselves. */
static void check_one(size_t person, size_t filter)
{
	static struct walk there;
	struct bench bench;

	there = (struct walk){0};
	begin(&bench, person);
	walk_on(&bench, &there, filter);
	check_way_back(&bench, &there, filter);
	check_anchors(&bench, &there, filter);
	check_count(&bench, &there, filter);
	if (check_failed()) {
		printf("# %s, %s\n", people[person].name, filters[filter].name);
	}
	bench_end(&bench);
}

static void test_there_and_back_and_counted(void)
{
	for (size_t i = 0; i < COUNT(people) * COUNT(filters) && !check_failed(); i++) {
		check_one(i / COUNT(filters), i % COUNT(filters));
	}
}

/* Every filter finds something, and leaves something out, or it would prove nothing. */
static void test_each_filter_divides_what_there_is(void)
{
	for (size_t filter = 1; filter < COUNT(filters); filter++) {
		struct walk there = {0};
		struct bench bench;

		begin(&bench, 0);
		walk_on(&bench, &there, filter);
		CHECK(there.count > 2 && there.count < 230);
		if (check_failed()) {
			printf("# %s: %zu\n", filters[filter].name, there.count);
			return;
		}
		bench_end(&bench);
	}
}

/* --- nothing that complaint.get would not show --- */

static bool is_shown(struct bench *bench, uint32_t number)
{
	bench_again(bench, METHOD_complaint_get);
	put_id(bench, "community_id", TOWN_COMMUNITY, 1);
	put_id(bench, "complaint_id", TOWN_RECORD, 1000 + number);
	return bench_ask(bench) == ERR_OK;
}

static void check_shown(size_t person)
{
	bool is_listed[ROWS + 1] = {false};
	struct walk there = {0};
	struct bench bench;

	begin(&bench, person);
	walk_on(&bench, &there, 0);
	for (size_t i = 0; i < there.count; i++) {
		CHECK(!is_listed[there.seen[i]]);
		is_listed[there.seen[i]] = true;
	}
	for (uint32_t number = 1; number <= ROWS && !check_failed(); number++) {
		bool shown = is_shown(&bench, number);

		if (is_listed[number] != shown) {
			printf("# %s, complaint %u\n", people[person].name, (unsigned)number);
		}
		CHECK_INT_EQ(is_listed[number], shown);
	}
	bench_end(&bench);
}

static void test_a_list_has_what_each_may_see(void)
{
	for (size_t person = 0; person < COUNT(people) && !check_failed(); person++) {
		check_shown(person);
	}
}

/* --- while rows come and go --- */

static void add_at(uint32_t number, const char *when)
{
	(void)pg_run(super,
		town_text(
			"INSERT INTO complaint (community_id, complaint_id, day, day_no, version, kind,"
			" channel, urgency, state, body, submitted_at, changed_at, team_id, category)"
			" VALUES (pg_temp.id('a2', 1), pg_temp.id('a5', %u), '2026-11-02', %u, 1, 1, 1, 1,"
			" 1, '电梯', pg_temp.now() + interval '%s', now(), pg_temp.id('a3', 1), 200)",
			(unsigned)number + 1000, (unsigned)number, when));
}

static void take_away(uint32_t number)
{
	(void)pg_run(super, town_text("SET session_replication_role = replica; DELETE FROM complaint"
								  " WHERE complaint_id = pg_temp.id('a5', %u);"
								  " SET session_replication_role = origin",
							(unsigned)number + 1000));
}

/* How often: once, or nothing comes twice. */
static size_t times(const struct walk *walk, uint32_t number)
{
	size_t count = 0;

	for (size_t i = 0; i < walk->count; i++) {
		count += walk->seen[i] == number;
	}
	return count;
}

/* Two pages on; then one comes at the top, one in what was seen, and the row at the cursor goes; on, and all back. */
static void test_while_rows_come_and_go(void)
{
	struct walk there = {0};
	struct walk back = {0};
	struct bench bench;
	uint32_t gone;

	begin(&bench, 0);
	ask_page(&bench, &there, 0, false);
	ask_page(&bench, &there, 0, false);
	gone = there.seen[there.count - 1];
	add_at(501, "1 minute");
	add_at(502, "-1 hour");
	take_away(gone);
	walk_on(&bench, &there, 0);
	keep_cursor(&back, reply_of(&bench)->has_cursor_back, reply_of(&bench)->cursor_back);
	for (size_t i = 0; i < reply_of(&bench)->n_complaints; i++) {
		back.seen[back.count++] = there.seen[there.count - 1 - i];
	}
	while (back.cursor_len > 0 && back.page_count < ROWS && !check_failed()) {
		ask_page(&bench, &back, 0, true);
	}
	for (uint32_t number = 1; number <= ROWS; number++) {
		CHECK_INT_EQ(times(&back, number), number == gone ? 0 : times(&there, number));
		CHECK(times(&there, number) <= 1);
	}
	CHECK_INT_EQ(times(&there, 501) + times(&there, 502), 0);
	CHECK_INT_EQ(back.seen[back.count - 1], 501);
	CHECK_INT_EQ(times(&back, 502), 1);
	CHECK_INT_EQ(back.count, there.count + 1);
	bench_end(&bench);
}

static const struct test tests[] = {
	{"there_and_back_and_counted", test_there_and_back_and_counted},
	{"each_filter_divides_what_there_is", test_each_filter_divides_what_there_is},
	{"a_list_has_what_each_may_see", test_a_list_has_what_each_may_see},
	{"while_rows_come_and_go", test_while_rows_come_and_go},
};

int main(int argc, char **argv)
{
	int failed;

	(void)argc;
	pg_require(argv);
	pg_database_make("test_db_complaint_walk", &database);
	super = pg_connect(database.super);
	town_build(super);
	(void)pg_run(super, build);
	app = pg_connect(database.app);
	failed = check_main(tests, COUNT(tests));
	PQfinish(app);
	PQfinish(super);
	return failed;
}
