/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves place.create, place.get, place.list and place.import on the bench: what stands in the way of a
 * new place and what is written of it; who may read places; that a page leads to the next and a cursor
 * serves nobody else; and that an import tells every bad row and then writes nothing, and a good one writes
 * every row under an id of its own.
 */
#include "common/day.h"
#include "place.pb-c.h"
#include "tests/check.h"
#include "tests/method/bench.h"

#define TODAY 20780 /* 2026-11-23 */

static void find_community(struct bench *bench)
{
	bench_community(bench);
	bench_row(bench, STMT_community_day, TODAY);
}

/* --- place.create --- */

/* What the statements find besides the community. */
enum thing { SAME_ID = 1, SAME_CODE = 2, PARENT = 4 };

static const struct create_case {
	const char *what;
	int kind;
	const char *code;
	uint32_t parent; /* 0: none is given */
	unsigned found;
	int parent_kind;
	enum err expected;
	const char *field;
} create_cases[] = {
	{"a building", 1, "1", 0, 0, 0, ERR_OK, ""},
	{"an entrance", 2, "1-2", 5, PARENT, 1, ERR_OK, ""},
	{"a dwelling", 3, "1-2-301", 5, PARENT, 2, ERR_OK, ""},
	{"a gate", 5, "南门", 0, 0, 0, ERR_OK, ""},
	{"an entrance in an entrance", 2, "1-2", 5, PARENT, 2, ERR_FIELD_INVALID, "parent_id"},
	{"an entrance in nothing", 2, "1-2", 0, 0, 0, ERR_FIELD_MISSING, "parent_id"},
	{"an entrance in what is not there", 2, "1-2", 5, 0, 0, ERR_NOT_FOUND, "parent_id"},
	{"a code that is taken", 5, "南门", 0, SAME_CODE, 0, ERR_NAME_TAKEN, "code"},
	{"an id that is taken", 5, "南门", 0, SAME_CODE | SAME_ID, 0, ERR_ID_TAKEN, ""},
	{"a code with a blank", 5, "南门 ", 0, 0, 0, ERR_FIELD_INVALID, "code"},
	{"a kind that there is not", 44, "1", 0, 0, 0, ERR_FIELD_ENUM, "kind"},
};

static void check_create(const struct create_case *one)
{
	struct bench bench;

	bench_begin(&bench, METHOD_place_create, administrator);
	put_id(&bench, "community_id", TOWN_COMMUNITY, 1);
	put_number(&bench, "kind", one->kind);
	put_text(&bench, "code", one->code);
	if (one->parent != 0) {
		put_id(&bench, "parent_id", TOWN_RECORD, one->parent);
	}
	bench_community(&bench);
	if ((one->found & SAME_ID) != 0) {
		bench_row(&bench, STMT_place_by_ids, BENCH_KEY, 1, "77");
	}
	if ((one->found & PARENT) != 0) {
		bench_row(
			&bench, STMT_place_by_ids, town_id(TOWN_RECORD, one->parent), one->parent_kind, "1");
	}
	if ((one->found & SAME_CODE) != 0) {
		bench_row(&bench, STMT_place_by_codes, town_id(TOWN_RECORD, 6), 5, one->code);
	}
	CHECK_INT_EQ(bench_ask(&bench), one->expected);
	CHECK_STR_EQ(bench.r.fault.field, one->field);
	CHECK_INT_EQ(bench.r.effect != NULL, one->expected == ERR_OK);
	if (one->expected == ERR_OK) {
		CHECK_INT_EQ(bench.r.effect->stmt, STMT_place_create);
		CHECK(param_is_id(bench.r.effect, 1, town_id(TOWN_COMMUNITY, 1)));
		CHECK(param_is_id(bench.r.effect, 2, BENCH_KEY));
		CHECK(param_is_id(bench.r.effect, 9, town_id(TOWN_RECORD, 201)));
		CHECK_INT_EQ(param_number(bench.r.effect, 10), one->kind);
		CHECK_STR_EQ(param_text(bench.r.effect, 11), one->code);
		CHECK(param_is_null(bench.r.effect, 12));
		CHECK_INT_EQ(param_is_null(bench.r.effect, 13), one->parent == 0);
	}
	bench_end(&bench);
}

static void test_a_new_place_stands_where_it_may(void)
{
	for (size_t i = 0; i < COUNT(create_cases); i++) {
		check_create(&create_cases[i]);
		if (check_failed()) {
			printf("# %s\n", create_cases[i].what);
			return;
		}
	}
}

/* --- reading --- */

static const struct {
	const char *what;
	const struct access_grants *who;
	enum err expected;
} readers[] = {
	{"an administrator", &administrator, ERR_OK},
	{"a manager", &manager, ERR_OK},
	{"a leader", &leader, ERR_OK},
	{"a leader of another team", &leader_of_team_2, ERR_OK},
	{"a crew, which serves everywhere", &crew_member, ERR_OK},
	{"a leader elsewhere", &leader_elsewhere, ERR_NOT_FOUND},
	{"customer service elsewhere", &service_elsewhere, ERR_NOT_FOUND},
	{"a leader until now", &expired_leader, ERR_DENIED},
	{"nobody", &nobody, ERR_DENIED},
};

static void find_place(struct bench *bench, enum stmt stmt, uint32_t n, const char *code)
{
	bench_row(bench, stmt, town_id(TOWN_COMMUNITY, 1), town_id(TOWN_RECORD, n), 2, code, NULL,
		town_id(TOWN_RECORD, 9), n == 3 ? uuid_nil : town_id(TOWN_TEAM, 1));
}

static void test_places_are_read_by_those_who_work_there(void)
{
	for (size_t i = 0; i < COUNT(readers); i++) {
		struct bench bench;

		printf("# %s\n", readers[i].what);
		bench_begin(&bench, METHOD_place_get, *readers[i].who);
		put_id(&bench, "community_id", TOWN_COMMUNITY, 1);
		put_text(&bench, "code", "1-2");
		bench_community(&bench);
		find_place(&bench, STMT_place_get, 2, "1-2");
		bench_row(&bench, STMT_place_get, town_id(TOWN_COMMUNITY, 1), town_id(TOWN_RECORD, 9), 1,
			"1", "一号楼", uuid_nil, uuid_nil);
		CHECK_INT_EQ(bench_ask(&bench), readers[i].expected);
		if (readers[i].expected == ERR_OK) {
			const Pb__PlaceGetReply *reply = (const void *)bench.r.reply;

			CHECK_STR_EQ(reply->place->code, "1-2");
			CHECK(reply->place->has_team_id && reply->place->name == NULL);
			CHECK_INT_EQ(reply->n_within, 1);
			CHECK_STR_EQ(reply->within[0]->name, "一号楼");
			CHECK(!reply->within[0]->has_team_id && !reply->within[0]->has_parent_id);
		}
		bench_end(&bench);
	}
}

static void test_a_place_is_asked_for_in_one_way(void)
{
	for (int both = 0; both < 2; both++) {
		struct bench bench;

		bench_begin(&bench, METHOD_place_get, manager);
		put_id(&bench, "community_id", TOWN_COMMUNITY, 1);
		if (both) {
			put_id(&bench, "place_id", TOWN_RECORD, 2);
			put_text(&bench, "code", "1-2");
		}
		CHECK_INT_EQ(bench_ask(&bench), ERR_FIELD_INVALID);
		CHECK_STR_EQ(bench.r.fault.field, "code");
		bench_end(&bench);
	}
}

static void ask_page(struct bench *bench, struct span cursor, const char *prefix)
{
	put_id(bench, "community_id", TOWN_COMMUNITY, 1);
	put_number(bench, "limit", 2);
	if (prefix != NULL) {
		put_text(bench, "code_prefix", prefix);
	}
	if (cursor.len > 0) {
		put_bytes(bench, "cursor", cursor);
	}
	bench_community(bench);
	for (uint32_t i = 1; i <= 3; i++) {
		find_place(bench, STMT_place_list, i, "1-2");
	}
}

static void test_a_page_leads_to_the_next(void)
{
	const Pb__PlaceListReply *reply;
	uint8_t bytes[64];
	struct span cursor;
	struct bench bench;

	bench_begin(&bench, METHOD_place_list, manager);
	ask_page(&bench, (struct span){NULL, 0}, "1-");
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	reply = (const void *)bench.r.reply;
	CHECK_INT_EQ(reply->n_places, 2);
	CHECK(reply->has_cursor && reply->cursor.len <= sizeof bytes);
	CHECK(param_is_null(&bench.r.queries[1], 9));
	memcpy(bytes, reply->cursor.data, reply->cursor.len);
	cursor = span_of(bytes, reply->cursor.len);

	bench_again(&bench, METHOD_place_list);
	ask_page(&bench, cursor, "1-");
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	CHECK(param_is_id(&bench.r.queries[1], 9, town_id(TOWN_RECORD, 2)));

	bench_again(&bench, METHOD_place_list); /* another list */
	ask_page(&bench, cursor, "2-");
	CHECK_INT_EQ(bench_ask(&bench), ERR_CURSOR_INVALID);
	bench_again(&bench, METHOD_place_list); /* a cursor of somebody's own making */
	bytes[0] ^= 1;
	ask_page(&bench, cursor, "1-");
	CHECK_INT_EQ(bench_ask(&bench), ERR_CURSOR_INVALID);
	bench_end(&bench);
}

static void test_a_list_is_of_a_day_that_there_is(void)
{
	struct bench bench;

	bench_begin(&bench, METHOD_place_list, manager);
	put_number(&bench, "day", 20261124);
	ask_page(&bench, (struct span){NULL, 0}, NULL);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	CHECK_INT_EQ(param_day(&bench.r.queries[1], 7), 20781);
	bench_again(&bench, METHOD_place_list);
	put_number(&bench, "day", 20260230);
	ask_page(&bench, (struct span){NULL, 0}, NULL);
	CHECK_INT_EQ(bench_ask(&bench), ERR_FIELD_RANGE);
	CHECK_STR_EQ(bench.r.fault.field, "day");
	bench_again(&bench, METHOD_place_list);
	put_number(&bench, "only_without_team", 1);
	put_id(&bench, "team_id", TOWN_TEAM, 1);
	ask_page(&bench, (struct span){NULL, 0}, NULL);
	CHECK_INT_EQ(bench_ask(&bench), ERR_FIELD_INVALID);
	bench_end(&bench);
}

/* --- place.import --- */

#define ROWS_MAX 4

struct file {
	Pb__PlaceImport request;
	Pb__PlaceImportRow rows[ROWS_MAX];
	Pb__PlaceImportRow *pointers[ROWS_MAX];
	struct uuid community_id;
};

static void add_row(
	struct file *file, int kind, const char *code, const char *parent, const char *team)
{
	Pb__PlaceImportRow *row = &file->rows[file->request.n_rows];

	pb__place_import_row__init(row);
	row->has_kind = kind != 0;
	row->kind = (Pb__Place__Kind)kind;
	row->code = (char *)(uintptr_t)code;
	row->parent_code = (char *)(uintptr_t)parent;
	row->team_name = (char *)(uintptr_t)team;
	file->pointers[file->request.n_rows++] = row;
}

/* An entrance before its building, a dwelling, a gate; the community has the building 9 and two teams. */
static void begin_import(struct bench *bench, struct file *file, bool is_good)
{
	bench_begin(bench, METHOD_place_import, administrator);
	*file = (struct file){.community_id = town_id(TOWN_COMMUNITY, 1)};
	pb__place_import__init(&file->request);
	file->request.has_community_id = true;
	file->request.community_id = codec_bytes(span_of(file->community_id.bytes, UUID_BYTES));
	file->request.rows = file->pointers;
	add_row(file, PB__PLACE__KIND__ENTRANCE, "1-1", "1", "一组");
	add_row(file, PB__PLACE__KIND__BUILDING, "1", NULL, is_good ? NULL : "一组");
	add_row(file, is_good ? PB__PLACE__KIND__ENTRANCE : 0, is_good ? "9-1" : "9", "9", "二组");
	bench->message = &file->request.base;
	find_community(bench);
	bench_row(bench, STMT_team_list, town_id(TOWN_COMMUNITY, 1), town_id(TOWN_TEAM, 1), "一组");
	bench_row(bench, STMT_team_list, town_id(TOWN_COMMUNITY, 1), town_id(TOWN_TEAM, 2), "二组");
	bench_row(bench, STMT_place_by_codes, town_id(TOWN_RECORD, 9), 1, "9");
}

static void check_columns(const struct query *effect)
{
	CHECK_INT_EQ(effect->stmt, STMT_place_import);
	CHECK(param_is_id(effect, 2, BENCH_KEY));
	CHECK_INT_EQ(param_count(effect, 10), 3);
	CHECK(!uuid_equal(param_id_at(effect, 10, 0), param_id_at(effect, 10, 1)));
	CHECK_INT_EQ(param_int2_at(effect, 11, 0), PB__PLACE__KIND__ENTRANCE);
	CHECK_INT_EQ(param_int2_at(effect, 11, 1), PB__PLACE__KIND__BUILDING);
	CHECK_STR_EQ(param_text_at(effect, 12, 2), "9-1");
	CHECK_INT_EQ(param_text_at(effect, 13, 0).len, 0);
	CHECK(uuid_equal(param_id_at(effect, 14, 0), param_id_at(effect, 10, 1)));
	CHECK(uuid_is_nil(param_id_at(effect, 14, 1)));
	CHECK(uuid_equal(param_id_at(effect, 14, 2), town_id(TOWN_RECORD, 9)));
	CHECK_INT_EQ(param_count(effect, 15), 2);
	CHECK(uuid_equal(param_id_at(effect, 16, 0), param_id_at(effect, 10, 0)));
	CHECK(uuid_equal(param_id_at(effect, 16, 1), param_id_at(effect, 10, 2)));
	CHECK(uuid_equal(param_id_at(effect, 17, 0), town_id(TOWN_TEAM, 1)));
	CHECK(uuid_equal(param_id_at(effect, 17, 1), town_id(TOWN_TEAM, 2)));
}

static void test_a_good_import_writes_every_row(void)
{
	static const uint32_t days[] = {0, 20250101};

	for (size_t i = 0; i < COUNT(days); i++) {
		const Pb__PlaceImportReply *reply;
		struct bench bench;
		struct file file;

		begin_import(&bench, &file, true);
		file.request.has_from_day = days[i] != 0;
		file.request.from_day = days[i];
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		reply = (const void *)bench.r.reply;
		CHECK_INT_EQ(reply->place_count, 3);
		CHECK_INT_EQ(reply->patch_count, 2);
		CHECK_INT_EQ(reply->bad_row_count, 0);
		CHECK_INT_EQ(reply->n_problems, 0);
		CHECK(bench.r.effect != NULL);
		check_columns(bench.r.effect);
		if (check_failed()) {
			return;
		}
		CHECK_INT_EQ(param_day(bench.r.effect, 18), days[i] == 0 ? TODAY : 20089);
		bench_end(&bench);
	}
}

static void test_a_dry_run_writes_nothing(void)
{
	struct bench bench;
	struct file file;

	begin_import(&bench, &file, true);
	file.request.has_is_dry_run = file.request.is_dry_run = true;
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	CHECK(bench.r.effect == NULL);
	CHECK(((const Pb__PlaceImportReply *)bench.r.reply)->is_dry_run);
	CHECK_INT_EQ(((const Pb__PlaceImportReply *)bench.r.reply)->place_count, 3);
	bench_end(&bench);
}

static void test_every_bad_row_is_told_and_nothing_written(void)
{
	static const struct {
		uint32_t row;
		const char *field;
		const char *code;
	} expected[] = {
		{2, "team_name", "FIELD_INVALID"},
		{3, "kind", "FIELD_MISSING"},
		{3, "code", "NAME_TAKEN"},
	};
	const Pb__PlaceImportReply *reply;
	struct bench bench;
	struct file file;

	begin_import(&bench, &file, false);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	CHECK(bench.r.effect == NULL);
	reply = (const void *)bench.r.reply;
	CHECK_INT_EQ(reply->bad_row_count, 2);
	CHECK_INT_EQ(reply->n_problems, COUNT(expected));
	for (size_t i = 0; i < COUNT(expected); i++) {
		CHECK_INT_EQ(reply->problems[i]->row, expected[i].row);
		CHECK_STR_EQ(reply->problems[i]->field, expected[i].field);
		CHECK_STR_EQ(reply->problems[i]->code, expected[i].code);
		CHECK(reply->problems[i]->allowed[0] != '\0');
	}
	bench_end(&bench);
}

static void test_an_import_has_rows_and_not_too_many(void)
{
	static const size_t counts[] = {0, 10001};
	static Pb__PlaceImportRow row = PB__PLACE_IMPORT_ROW__INIT;
	static Pb__PlaceImportRow *rows[10001];

	for (size_t i = 0; i < COUNT(rows); i++) {
		rows[i] = &row;
	}
	for (size_t i = 0; i < COUNT(counts); i++) {
		struct bench bench;
		struct file file;

		begin_import(&bench, &file, true);
		file.request.rows = rows;
		file.request.n_rows = counts[i];
		CHECK_INT_EQ(bench_ask(&bench), ERR_FIELD_LENGTH);
		CHECK_STR_EQ(bench.r.fault.field, "rows");
		bench_end(&bench);
	}
}

static void test_an_import_names_not_too_many_teams(void)
{
	static char code[] = "x";
	static char team[] = "一组";
	static Pb__PlaceImportRow row = PB__PLACE_IMPORT_ROW__INIT;
	static Pb__PlaceImportRow *rows[2001];

	row.code = code;
	row.team_name = team;
	for (size_t i = 0; i < COUNT(rows); i++) {
		rows[i] = &row;
	}
	for (size_t over = 0; over < 2; over++) {
		struct bench bench;
		struct file file;

		begin_import(&bench, &file, true);
		file.request.rows = rows;
		file.request.n_rows = 2000 + over;
		CHECK_INT_EQ(bench_ask(&bench), over ? ERR_FIELD_LENGTH : ERR_OK);
		bench_end(&bench);
	}
}

static const struct test tests[] = {
	{"a_new_place_stands_where_it_may", test_a_new_place_stands_where_it_may},
	{"places_are_read_by_those_who_work_there", test_places_are_read_by_those_who_work_there},
	{"a_place_is_asked_for_in_one_way", test_a_place_is_asked_for_in_one_way},
	{"a_page_leads_to_the_next", test_a_page_leads_to_the_next},
	{"a_list_is_of_a_day_that_there_is", test_a_list_is_of_a_day_that_there_is},
	{"a_good_import_writes_every_row", test_a_good_import_writes_every_row},
	{"a_dry_run_writes_nothing", test_a_dry_run_writes_nothing},
	{"every_bad_row_is_told_and_nothing_written", test_every_bad_row_is_told_and_nothing_written},
	{"an_import_has_rows_and_not_too_many", test_an_import_has_rows_and_not_too_many},
	{"an_import_names_not_too_many_teams", test_an_import_names_not_too_many_teams},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
