/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the way of a file of promises to a request and back: headings in two languages, each kind of cell and
 * each that means nothing, by its row and column; that a set which is written and read again is the same; what is told
 * of two sets; and how the server's words come to the file's rows.
 */
#include "client/admin/promise_change.h"

#include "tests/check.h"

#define PLENTY (32 * 1024 * 1024)
#define HEADING \
	"kind,subkind,channel,urgency,clock,ack_min,accept_min,book_min,arrive_min,advise_min," \
	"resolve_min,followup_min\n"

struct fixture {
	struct arena arena;
	struct sheet sheet;
	struct sheet_fault fault;
	struct promise_sheet promises;
};

static void read_text(struct fixture *f, struct str text)
{
	*f = (struct fixture){0};
	arena_init(&f->arena, PLENTY);
	CHECK_INT_EQ(sheet_read_columns(text, NULL, promise_columns, PROMISE_COLUMN_COUNT, &f->arena,
					 &f->sheet, &f->fault),
		SHEET_OK);
	CHECK(promise_sheet_take(&f->sheet, &f->arena, &f->promises));
}

static void test_a_row_with_everything(void)
{
	struct fixture f;
	const Pb__PromiseRow *row;

	read_text(&f, STR("类型,子类,渠道,紧急程度,计时,回执,受理,预约,到场,建议,办结,回访\n"
					  "repair,EMERGENCY,authority,URGENT,24X7,5,10,,A,1440,X-60,X\n"));
	CHECK_INT_EQ(f.promises.problem_count, 0);
	row = f.promises.rows[0];
	CHECK_INT_EQ(row->kind, PB__COMPLAINT__KIND__REPAIR);
	CHECK_INT_EQ(row->subkind, PB__COMPLAINT__SUBKIND__EMERGENCY);
	CHECK_INT_EQ(row->channel, PB__COMPLAINT__CHANNEL__AUTHORITY);
	CHECK_INT_EQ(row->urgency, PB__COMPLAINT__URGENCY__URGENT);
	CHECK_INT_EQ(row->calendar, PB__PROMISE_ROW__CALENDAR__EVERY_HOUR);
	CHECK_INT_EQ(row->n_terms, 6);
	CHECK_INT_EQ(row->terms[2]->clock, PB__CLOCK__NUMBER__ARRIVE); /* booking has none */
	CHECK_INT_EQ(row->terms[2]->kind, PB__PROMISE_TERM__KIND__APPOINTMENT);
	CHECK(!row->terms[2]->has_minutes);
	CHECK_INT_EQ(row->terms[4]->kind, PB__PROMISE_TERM__KIND__DEADLINE);
	CHECK_INT_EQ(row->terms[4]->minutes, 60);
	CHECK_INT_EQ(row->terms[5]->minutes, 0);
	arena_fini(&f.arena);
}

static void test_cells_that_mean_nothing(void)
{
	static const struct {
		const char *row;
		const char *column; /* NULL: a good one */
	} rows[] = {
		{",,,,,,,,,,,", NULL}, /* what must be there, the server says */
		{"castle,,,,,,,,,,,", "kind"},
		{",castle,,,,,,,,,,", "subkind"},
		{",,castle,,,,,,,,,", "channel"},
		{",,,castle,,,,,,,,", "urgency"},
		{",,,,at night,,,,,,,", "clock"},
		{",,,,working_days,30,,,,,,", NULL},
		{",,,,,-1,,,,,,", "ack_min"},
		{",,,,,1.5,,,,,,", "ack_min"},
		{",,,,,B,,,,,,", "ack_min"},
		{",,,,,1h,,,,,,", "ack_min"},
		{",,,,,99999999,,,,,,", "ack_min"},
		{",,,,,9999999,,,,,,", NULL}, /* the server says that it is too long */
		{",,,,,,,,,,X-,", "resolve_min"},
		{",,,,,,,,,,X1440,", "resolve_min"},
		{",,,,,,,,,,X-1440,", NULL},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[512];
		struct fixture f;

		(void)snprintf(text, sizeof text, HEADING "\n%s\n", rows[i].row);
		read_text(&f, str_from_c(text));
		CHECK_INT_EQ(f.promises.problem_count, rows[i].column != NULL);
		if (rows[i].column != NULL && f.promises.problem_count == 1) {
			CHECK_STR_EQ(f.promises.problems[0].column, rows[i].column);
			CHECK_INT_EQ(f.promises.problems[0].row, 3); /* an empty line counts */
		}
		if (check_failed()) {
			printf("# %s\n", rows[i].row);
		}
		arena_fini(&f.arena);
	}
}

static void test_what_is_written_is_read_again(void)
{
	static const char text[] = "REPAIR,EMERGENCY,,URGENT,24x7,5,10,,A,1440,240,1440";
	struct str cells[PROMISE_COLUMN_COUNT];
	char out[256] = "";
	struct fixture f;

	read_text(&f, STR(HEADING "REPAIR,EMERGENCY,,URGENT,24x7,5,10,,A,1440,240,1440\n"));
	promise_cells(f.promises.rows[0], &f.arena, cells);
	for (size_t i = 0; i < PROMISE_COLUMN_COUNT; i++) {
		size_t len = strlen(out);

		(void)snprintf(out + len, sizeof out - len, "%s%.*s", i == 0 ? "" : ",", STR_ARG(cells[i]));
	}
	CHECK_STR_EQ(out, text);
	arena_fini(&f.arena);
}

static void test_what_changes_from_set_to_set(void)
{
	static const struct {
		enum promise_column column;
		const char *before, *after;
	} expected[] = {
		{PROMISE_COLUMN_URGENCY, "NORMAL", "HIGH"},
		{PROMISE_COLUMN_FIRST_TERM + 1, "30", ""},
		{PROMISE_COLUMN_COUNT, "", "NORMAL,24x7,1,,,,,,"},
		{PROMISE_COLUMN_COUNT, "NORMAL,24x7,2,,,,,,", ""},
	};
	struct fixture before, after;
	struct promise_change *changes;
	size_t count;

	read_text(
		&before, STR(HEADING "REPAIR,,,NORMAL,24x7,15,30,,,,,\nREQUEST,,,NORMAL,24x7,2,,,,,,\n"
							 "DISPUTE,,,NORMAL,24x7,2,,,,,,\n"));
	read_text(&after, STR(HEADING "DISPUTE,,,NORMAL,24x7,2,,,,,,\nREPAIR,,,HIGH,24x7,15,,,,,,\n"
								  "REPAIR,PAID,,NORMAL,24x7,1,,,,,,\n"));
	changes = promise_changes((struct promise_rows){before.promises.rows, before.promises.count},
		(struct promise_rows){after.promises.rows, after.promises.count}, &after.arena, &count);
	CHECK_INT_EQ(count, COUNT(expected));
	for (size_t i = 0; i < COUNT(expected); i++) {
		CHECK_INT_EQ(changes[i].column, expected[i].column);
		CHECK_STR_EQ(changes[i].before, expected[i].before);
		CHECK_STR_EQ(changes[i].after, expected[i].after);
	}
	CHECK_STR_EQ(changes[3].kind, "REQUEST");
	arena_fini(&before.arena);
	arena_fini(&after.arena);
}

static void test_the_servers_words_come_to_their_rows(void)
{
	Pb__PromiseProblem made[3] = {
		PB__PROMISE_PROBLEM__INIT, PB__PROMISE_PROBLEM__INIT, PB__PROMISE_PROBLEM__INIT};
	Pb__PromiseProblem *problems[] = {&made[0], &made[1], &made[2]};
	Pb__PromiseProposeReply reply = PB__PROMISE_PROPOSE_REPLY__INIT;
	struct fixture f;

	read_text(&f, STR(HEADING "\nREPAIR,,,NORMAL,24x7,0,,,,,,\n"));
	reply.n_problems = COUNT(problems);
	reply.problems = problems;
	made[0] = (Pb__PromiseProblem){.base = made[0].base,
		.has_row = true,
		.row = 1,
		.field = (char *)"calendar",
		.code = (char *)"FIELD_MISSING"};
	made[1] = (Pb__PromiseProblem){.base = made[1].base,
		.has_row = true,
		.row = 2, /* there is none */
		.field = (char *)"kind",
		.code = (char *)"FIELD_ENUM"};
	made[2] = (Pb__PromiseProblem){.base = made[2].base,
		.field = (char *)"kind",
		.code = (char *)"FIELD_MISSING",
		.allowed = (char *)"a row for every DISPUTE"};
	promise_sheet_add(&f.promises, &reply, &f.arena);
	CHECK_INT_EQ(f.promises.problem_count, 2);
	CHECK_STR_EQ(f.promises.problems[0].column, "clock");
	CHECK_INT_EQ(f.promises.problems[0].row, 3);
	CHECK_STR_EQ(f.promises.problems[0].reason, "is empty");
	CHECK_INT_EQ(f.promises.problems[1].row, 0);
	CHECK_STR_EQ(f.promises.problems[1].reason, "no row fits every complaint of the kind: dispute");
	arena_fini(&f.arena);
}

static const struct test tests[] = {
	{"a_row_with_everything", test_a_row_with_everything},
	{"cells_that_mean_nothing", test_cells_that_mean_nothing},
	{"what_is_written_is_read_again", test_what_is_written_is_read_again},
	{"what_changes_from_set_to_set", test_what_changes_from_set_to_set},
	{"the_servers_words_come_to_their_rows", test_the_servers_words_come_to_their_rows},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
