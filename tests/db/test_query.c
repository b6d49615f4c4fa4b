/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that values survive the way to PostgreSQL and back: every parameter of every statement of
 * stmt.def is filled with each of its type's samples in turn, PostgreSQL returns it, as it is and as
 * text, and both are what went in. So each type, the arrays, empty and full, infinity and null are met
 * by the one who decides what the bytes mean.
 */
#include "server/db/query.h"

#include "common/day.h"
#include "tests/check.h"
#include "tests/server/pg.h"

#define PLENTY (1024 * 1024)
#define SQL_MAX 4096
#define ARRAY_MAX 3

static PGconn *pg;

/* One value of a type, and how PostgreSQL writes it; NULL: as `words` or not compared. */
static const struct sample {
	char letter;
	const char *text;
	int64_t number;    /* i s l z d B; x as its bits */
	const char *words; /* t, and b with `number` bytes */
	struct uuid id;
	size_t count; /* of an array */
	struct uuid ids[ARRAY_MAX];
	int64_t numbers[ARRAY_MAX];
	struct str texts[ARRAY_MAX];
} samples[] = {
	{'u', "00000000-0000-0000-0000-000000000000"},
	{'u', "01020304-0506-0708-090a-0b0c0d0e0f10",
		.id = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}}},
	{'u', "ff000000-0000-0000-0000-0000000000ff",
		.id = {{0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF}}},
	{'r', "01980000-0000-7000-8000-000000000001",
		.id = {{1, 0x98, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 1}}},
	{'b', "\\x", 0, ""},
	{'b', "\\x00", 1, "\0"},
	{'b', "\\x00ff5c27", 4, "\0\xff\\'"},
	{'t', NULL, 0, ""},
	{'t', NULL, 0, "电梯困人，请尽快处理"},
	{'t', NULL, 0, "it's a \\ \"line\"\nand another"},
	{'t', NULL, 0, "👍 阿卜杜拉·阿卜杜热依木"},
	{'i', "0", 0},
	{'i', "-1", -1},
	{'i', "2147483647", INT32_MAX},
	{'i', "-2147483648", INT32_MIN},
	{'s', "0", 0},
	{'s', "-1", -1},
	{'s', "258", 258},
	{'s', "32767", INT16_MAX},
	{'s', "-32768", INT16_MIN},
	{'l', "0", 0},
	{'l', "-1", -1},
	{'l', "72623859790382856", INT64_C(0x0102030405060708)},
	{'l', "9223372036854775807", INT64_MAX},
	{'l', "-9223372036854775808", INT64_MIN},
	{'x', "0", 0},
	{'x', "4294967296", INT64_C(1) << 32},
	{'x', "18446744073709551615", -1},
	{'z', "1970-01-01 00:00:00+00", 0},
	{'z', "1970-01-01 00:00:00.000001+00", 1},
	{'z', "1969-12-31 23:59:59.999999+00", -1},
	{'z', "2000-01-01 00:00:00+00", INT64_C(946684800000000)},
	{'z', "2026-11-23 15:59:59.999999+00", INT64_C(1795449599999999)},
	{'z', "2100-01-01 00:00:00+00", INT64_C(4102444800000000)},
	{'z', "infinity", INT64_MAX},
	{'d', "1970-01-01", 0},
	{'d', "1969-12-31", -1},
	{'d', "2000-01-01", 10957},
	{'d', "2026-11-24", 20781},
	{'d', "2099-12-31", 47481},
	{'d', "infinity", DAY_NEVER},
	{'B', "false", 0},
	{'B', "true", 1},
	{'U', "{}"},
	{'U', "{00000000-0000-0000-0000-000000000000}", .count = 1},
	{'U',
		"{01000000-0000-0000-0000-000000000000,02000000-0000-0000-0000-000000000000,"
		"01000000-0000-0000-0000-000000000000}",
		.count = 3, .ids = {{{1}}, {{2}}, {{1}}}},
	{'S', "{}"},
	{'S', "{100}", .count = 1, .numbers = {100}},
	{'S', "{-32768,0,32767}", .count = 3, .numbers = {INT16_MIN, 0, INT16_MAX}},
	{'L', "{}"},
	{'L', "{-1}", .count = 1, .numbers = {-1}},
	{'L', "{-9223372036854775808,0,9223372036854775807}", .count = 3,
		.numbers = {INT64_MIN, 0, INT64_MAX}},
	{'Y', "{}"},
	{'Y', "{\"\\\\x00ff\",\"\\\\x\"}", .count = 2, .texts = {{"\x00\xff", 2}, STR("")}},
	{'Z', "{}"},
	{'Z', "{\"2000-01-01 00:00:00+00\",NULL,infinity}", .count = 3,
		.numbers = {INT64_C(946684800000000), 0, INT64_MAX}},
	{'T', "{}"},
	{'T', "{\"\"}", .count = 1, .texts = {STR("")}},
	{'T', "{3-2,南门,\"a \\\"b\\\", c\"}", .count = 3,
		.texts = {STR("3-2"), STR("南门"), STR("a \"b\", c")}},
};

/* The n-th sample of a letter; beyond its last they begin again. */
static const struct sample *sample_of(char letter, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < COUNT(samples); i++) {
		count += samples[i].letter == letter;
	}
	assert(count > 0);
	n %= count;
	for (size_t i = 0; i < COUNT(samples); i++) {
		if (samples[i].letter == letter && n-- == 0) {
			return &samples[i];
		}
	}
	unreachable();
}

static struct span bytes_of(const struct sample *sample)
{
	return span_of(sample->words, (size_t)sample->number);
}

static void add_numbers(struct query *query, const struct sample *sample)
{
	int shorts[ARRAY_MAX];

	for (size_t i = 0; i < sample->count; i++) {
		shorts[i] = (int)sample->numbers[i];
	}
	if (sample->letter == 'S') {
		query_int2s(query, shorts, sample->count);
	} else if (sample->letter == 'Z') {
		query_times(query, sample->numbers, sample->count);
	} else {
		query_int8s(query, sample->numbers, sample->count);
	}
}

static void add_spans(struct query *query, const struct sample *sample)
{
	struct span spans[ARRAY_MAX];

	for (size_t i = 0; i < sample->count; i++) {
		spans[i] = span_of(sample->texts[i].ptr, sample->texts[i].len);
	}
	query_spans(query, spans, sample->count);
}

static void add(struct query *query, const struct sample *sample)
{
	switch (sample->letter) {
	case 'u':
		query_uuid(query, sample->id);
		break;
	case 'r':
		query_trace_if_last(query, sample->id);
		break;
	case 'b':
		query_bytes(query, bytes_of(sample));
		break;
	case 't':
		query_text(query, str_from_c(sample->words));
		break;
	case 'i':
		query_int4(query, (int32_t)sample->number);
		break;
	case 's':
		query_int2(query, (int)sample->number);
		break;
	case 'l':
		query_int8(query, sample->number);
		break;
	case 'x':
		query_xid(query, (uint64_t)sample->number);
		break;
	case 'z':
		query_time(query, sample->number);
		break;
	case 'B':
		query_bool(query, sample->number != 0);
		break;
	case 'd':
		query_day(query, (int32_t)sample->number);
		break;
	case 'U':
		query_uuids(query, sample->ids, sample->count);
		break;
	case 'T':
		query_texts(query, sample->texts, sample->count);
		break;
	case 'Y':
		add_spans(query, sample);
		break;
	default:
		add_numbers(query, sample);
		break;
	}
}

/* Arrays of other types are parameters only: PostgreSQL's text of them is compared. */
static void check_shorts(const struct query *query, int column, const struct sample *sample)
{
	int shorts[ARRAY_MAX] = {0};

	CHECK_INT_EQ(row_int2s(query, 0, column, shorts, ARRAY_MAX), sample->count);
	for (size_t i = 0; i < sample->count; i++) {
		CHECK_INT_EQ(shorts[i], sample->numbers[i]);
	}
	CHECK_INT_EQ(row_int2s(query, 0, column, shorts, 0), sample->count);
}

static void check_longs(const struct query *query, int column, const struct sample *sample)
{
	int64_t longs[ARRAY_MAX] = {0};
	size_t count = sample->letter == 'Z' ? row_times(query, 0, column, longs, ARRAY_MAX)
	                                     : row_int8s(query, 0, column, longs, ARRAY_MAX);

	CHECK_INT_EQ(count, sample->count);
	for (size_t i = 0; i < sample->count; i++) {
		CHECK_INT_EQ(longs[i], sample->numbers[i]);
	}
}

/* The value in column 2n as it is, in column 2n + 1 as text. */
static void check_value(const struct query *query, int column, const struct sample *sample)
{
	CHECK(!row_is_null(query, 0, column));
	CHECK_STR_EQ(
		row_text(query, 0, column + 1), sample->text == NULL ? sample->words : sample->text);
	switch (sample->letter) {
	case 'u':
	case 'r':
		CHECK(uuid_equal(row_uuid(query, 0, column), sample->id));
		break;
	case 'b':
		CHECK(span_equal(row_bytes(query, 0, column), bytes_of(sample)));
		break;
	case 't':
		CHECK_STR_EQ(row_text(query, 0, column), sample->words);
		break;
	case 'i':
		CHECK_INT_EQ(row_int4(query, 0, column), sample->number);
		break;
	case 's':
		CHECK_INT_EQ(row_int2(query, 0, column), sample->number);
		break;
	case 'l':
		CHECK_INT_EQ(row_int8(query, 0, column), sample->number);
		break;
	case 'x':
		CHECK_INT_EQ(row_xid(query, 0, column), (uint64_t)sample->number);
		break;
	case 'z':
		CHECK_INT_EQ(row_time(query, 0, column), sample->number);
		break;
	case 'B':
		CHECK_INT_EQ(row_bool(query, 0, column), sample->number);
		break;
	case 'd':
		CHECK_INT_EQ(row_day(query, 0, column), sample->number);
		break;
	case 'S':
		check_shorts(query, column, sample);
		break;
	case 'L':
	case 'Z':
		check_longs(query, column, sample);
		break;
	default:
		break;
	}
}

static void take(struct query *query, PGresult *result)
{
	bool is_taken;

	if (PQresultStatus(result) != PGRES_TUPLES_OK) {
		printf("# %s", PQerrorMessage(pg));
	}
	is_taken = query_take(query, result);
	assert(is_taken);
}

/* Sends the parameters as they are, and has each returned twice. */
static void echo(struct query *query)
{
	const char *types = stmt_rows[query->stmt].types;
	size_t count = stmt_param_count(query->stmt);
	char sql[SQL_MAX] = "SELECT";
	Oid oids[STMT_PARAM_MAX];
	int formats[STMT_PARAM_MAX];
	size_t len = strlen(sql);

	for (size_t i = 0; i < count; i++) {
		oids[i] = stmt_oid(types[i]);
		formats[i] = 1;
		len += (size_t)snprintf(
			sql + len, SQL_MAX - len, "%s $%zu, $%zu::text", i == 0 ? "" : ",", i + 1, i + 1);
	}
	assert(len < SQL_MAX);
	take(query, PQexecParams(pg, sql, (int)count, oids, query->values, query->lengths, formats, 1));
}

static void check_echo(enum stmt stmt, size_t round)
{
	const char *types = stmt_rows[stmt].types;
	struct query query;
	struct arena arena;

	arena_init(&arena, PLENTY);
	query_init(&query, stmt, &arena);
	for (size_t i = 0; types[i] != '\0'; i++) {
		CHECK(!query_is_full(&query));
		add(&query, sample_of(types[i], round + i));
	}
	CHECK(query_is_full(&query));
	CHECK(!arena.failed);
	CHECK_INT_EQ(query_rows(&query), 0);
	echo(&query);
	CHECK_INT_EQ(query_rows(&query), 1);
	for (size_t i = 0; types[i] != '\0' && !check_failed(); i++) {
		check_value(&query, (int)(2 * i), sample_of(types[i], round + i));
	}
	query_fini(&query);
	query_fini(&query);
	CHECK_INT_EQ(query_rows(&query), 0);
	arena_fini(&arena);
}

static void test_parameters_come_back_as_they_were(void)
{
	for (size_t stmt = 0; stmt < STMT_COUNT; stmt++) {
		for (size_t round = 0; round < 7; round++) { /* the most samples of a letter */
			check_echo((enum stmt)stmt, round);
			if (check_failed()) {
				printf("# %s, round %zu\n", stmt_rows[stmt].name, round);
				return;
			}
		}
	}
}

static void test_every_type_is_used_and_has_samples(void)
{
	static const char letters[] = "urbtislzdBxUSLTZY";

	for (size_t i = 0; letters[i] != '\0'; i++) {
		size_t used = 0;

		for (size_t stmt = 0; stmt < STMT_COUNT; stmt++) {
			used += strchr(stmt_rows[stmt].types, letters[i]) != NULL;
			CHECK_INT_EQ(strspn(stmt_rows[stmt].types, letters), strlen(stmt_rows[stmt].types));
		}
		CHECK(used > 0);
		CHECK_INT_EQ(sample_of(letters[i], 0)->letter, letters[i]);
	}
}

static void test_null_comes_back_as_nothing(void)
{
	for (size_t stmt = 0; stmt < STMT_COUNT; stmt++) {
		size_t count = stmt_param_count((enum stmt)stmt);
		struct query query;
		struct arena arena, none;

		arena_init(&arena, PLENTY);
		query_init(&query, (enum stmt)stmt, &arena);
		arena_init(&none, 0); /* a null needs no memory but its place */
		query.arena = &none;
		for (size_t i = 0; i < count; i++) {
			query_null(&query);
		}
		CHECK(query_is_full(&query) && !none.failed);
		echo(&query);
		CHECK_INT_EQ(query_rows(&query), 1);
		for (int column = 0; column < (int)(2 * count); column++) {
			CHECK(row_is_null(&query, 0, column));
		}
		query_fini(&query);
		arena_fini(&arena);
	}
}

static void test_rows_that_are_null_read_as_nothing(void)
{
	struct query query = {.stmt = STMT_epoch_get};

	take(&query,
		PQexecParams(pg,
			"SELECT NULL::uuid, NULL::boolean, NULL::int2, NULL::int4, NULL::int8, NULL::xid8,"
			" NULL::timestamptz, NULL::text, NULL::bytea, NULL::date, NULL::smallint[]",
			0, NULL, NULL, NULL, NULL, 1));
	CHECK_INT_EQ(query_rows(&query), 1);
	CHECK(uuid_is_nil(row_uuid(&query, 0, 0)));
	CHECK(!row_bool(&query, 0, 1));
	CHECK_INT_EQ(row_int2(&query, 0, 2), 0);
	CHECK_INT_EQ(row_int4(&query, 0, 3), 0);
	CHECK_INT_EQ(row_int8(&query, 0, 4), 0);
	CHECK_INT_EQ(row_xid(&query, 0, 5), 0);
	CHECK_INT_EQ(row_time(&query, 0, 6), 0);
	CHECK_INT_EQ(row_text(&query, 0, 7).len, 0);
	CHECK_INT_EQ(row_bytes(&query, 0, 8).len, 0);
	CHECK_INT_EQ(row_day(&query, 0, 9), 0);
	CHECK_INT_EQ(row_int2s(&query, 0, 10, NULL, 0), 0);
	query_fini(&query);
}

static void test_or_null_is_null_for_nothing_only(void)
{
	struct uuid id = {{1}};
	struct query query;
	struct arena arena;

	arena_init(&arena, PLENTY);
	query_init(&query, STMT_session_open, &arena); /* uutbzzitr */
	query_uuid_or_null(&query, uuid_nil);
	query_uuid_or_null(&query, id);
	query_text_or_null(&query, STR(""));
	query_bytes(&query, span_of("", 0));
	query_time_or_null(&query, 0);
	query_time_or_null(&query, 1);
	query_int4(&query, 0);
	query_text_or_null(&query, STR("水"));
	query_trace_if_last(&query, id);
	echo(&query);
	CHECK_INT_EQ(query_rows(&query), 1);
	CHECK(row_is_null(&query, 0, 0));
	CHECK(uuid_equal(row_uuid(&query, 0, 2), id));
	CHECK(row_is_null(&query, 0, 4));
	CHECK(!row_is_null(&query, 0, 6)); /* empty bytes are not nothing */
	CHECK(row_is_null(&query, 0, 8));
	CHECK_INT_EQ(row_time(&query, 0, 10), 1);
	CHECK_STR_EQ(row_text(&query, 0, 14), "水");
	query_fini(&query);
	arena_fini(&arena);
}

/* Any statement with such a parameter, at its place. */
static void begin_at(struct query *query, const struct sample *sample, struct arena *arena)
{
	const char letter[] = {sample->letter, '\0'};
	size_t stmt = 0;

	while (strchr(stmt_rows[stmt].types, sample->letter) == NULL) {
		stmt++;
	}
	query_init(query, (enum stmt)stmt, arena);
	query->param_count = strcspn(stmt_rows[stmt].types, letter);
}

/* None for the value; none for the places of all values either. */
static void test_without_memory_the_arena_says_so(void)
{
	for (size_t i = 0; i < COUNT(samples); i++) {
		struct query query = {.stmt = STMT_COUNT};
		struct arena arena, none;

		arena_init(&arena, PLENTY);
		arena_init(&none, 0);
		begin_at(&query, &samples[i], &arena);
		query.arena = &none;
		add(&query, &samples[i]);
		CHECK(none.failed && !arena.failed);
		CHECK(query.values[query.param_count - 1] == NULL);
		arena_fini(&arena);
		arena_init(&none, 0);
		begin_at(&query, &samples[i], &none);
		CHECK(none.failed);
		add(&query, &samples[i]);
	}
}

static const struct test tests[] = {
	{"parameters_come_back_as_they_were", test_parameters_come_back_as_they_were},
	{"every_type_is_used_and_has_samples", test_every_type_is_used_and_has_samples},
	{"null_comes_back_as_nothing", test_null_comes_back_as_nothing},
	{"rows_that_are_null_read_as_nothing", test_rows_that_are_null_read_as_nothing},
	{"or_null_is_null_for_nothing_only", test_or_null_is_null_for_nothing_only},
	{"without_memory_the_arena_says_so", test_without_memory_the_arena_says_so},
};

int main(int argc, char **argv)
{
	struct pg_database database;
	int failed;

	(void)argc;
	pg_require(argv);
	pg_database_make_empty("test_db_query", &database);
	pg = pg_connect(database.app);
	(void)pg_run(pg, "SET timezone = 'UTC'");
	failed = check_main(tests, COUNT(tests));
	PQfinish(pg);
	return failed;
}
