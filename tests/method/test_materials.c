/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the materials of complaint.done: written out or by a code of the list, never both and never half;
 * name, unit and price of a code are the list's, whatever a client thinks; quantities and prices within
 * their bounds, the largest of all summed without overflow; and the sum on the receipt. And price.set, end.
 */
#include "complaint.pb-c.h"
#include "price.pb-c.h"
#include "tests/check.h"
#include "tests/method/steps.h"

#define LINES 50

struct line {
	const char *name, *unit, *code; /* NULL: not said */
	int64_t quantity, price;        /* -1: not said */
};

#define WRITTEN(name, quantity, unit, price) \
	{ \
		name, unit, NULL, quantity, price \
	}
#define LISTED(code, quantity) \
	{ \
		NULL, NULL, code, quantity, -1 \
	}

static Pb__Material *material_of(struct bench *bench, const struct line *line)
{
	Pb__Material *out = arena_new(&bench->arena, Pb__Material);

	pb__material__init(out);
	out->name = (char *)(uintptr_t)line->name;
	out->unit = (char *)(uintptr_t)line->unit;
	out->code = (char *)(uintptr_t)line->code;
	out->has_quantity_milli = line->quantity >= 0;
	out->quantity_milli = (uint32_t)line->quantity;
	out->has_price_fen = line->price >= 0;
	out->price_fen = line->price;
	return out;
}

/* Account 1, of the crew, is done with these; PIPE and TAP are on the list. */
static enum err ask(struct bench *bench, const struct line *lines, size_t count)
{
	const struct step_row *row = step_row_of(METHOD_complaint_done);
	struct bench_complaint complaint = step_complaint(COMPLAINT_ON_SITE);
	Pb__Material *materials[LINES];
	Pb__ComplaintDone *message;

	bench_begin(bench, row->method, crew_member);
	step_put(bench, row, STEP_VERSION);
	for (size_t i = 0; i < count; i++) {
		materials[i] = material_of(bench, &lines[i]);
	}
	message = (Pb__ComplaintDone *)bench->message;
	message->materials = materials;
	message->n_materials = count;
	step_find(bench, row, &complaint, NULL);
	bench_row(bench, STMT_price_by_codes, "PIPE", "水管", "米", INT64_C(1250));
	bench_row(bench, STMT_price_by_codes, "TAP", "角阀", "个", INT64_C(1500));
	return bench_ask(bench);
}

static void test_a_line_is_written_out_or_a_code(void)
{
	static const struct {
		const char *what;
		struct line line;
		enum err expected;
		const char *field;
	} rows[] = {
		{"written out", WRITTEN("软管", 1500, "米", 1200), ERR_OK, ""},
		{"for nothing", WRITTEN("软管", 1, "米", 0), ERR_OK, ""},
		{"a code", LISTED("PIPE", 2000), ERR_OK, ""},
		{"a code that is not on the list", LISTED("HOSE", 2000), ERR_FIELD_INVALID,
			"materials.code"},
		{"a code with a price of one's own", {NULL, NULL, "PIPE", 2000, 1}, ERR_FIELD_INVALID,
			"materials.code"},
		{"a code with a name", {"软管", NULL, "PIPE", 2000, -1}, ERR_FIELD_INVALID,
			"materials.code"},
		{"without a name", {NULL, "米", NULL, 1000, 100}, ERR_FIELD_MISSING, "materials.name"},
		{"without a unit", {"软管", NULL, NULL, 1000, 100}, ERR_FIELD_MISSING, "materials.unit"},
		{"without a price", {"软管", "米", NULL, 1000, -1}, ERR_FIELD_MISSING,
			"materials.price_fen"},
		{"no quantity", WRITTEN("软管", 0, "米", 100), ERR_FIELD_RANGE,
			"materials[0].quantity_milli"},
		{"too much", WRITTEN("软管", 100000001, "米", 100), ERR_FIELD_RANGE,
			"materials[0].quantity_milli"},
		{"too dear", WRITTEN("软管", 1000, "米", 100000001), ERR_FIELD_RANGE,
			"materials[0].price_fen"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bench bench;

		CHECK_INT_EQ(ask(&bench, &rows[i].line, 1), rows[i].expected);
		if (rows[i].expected != ERR_FIELD_RANGE) {
			CHECK_STR_EQ(bench.r.fault.field, rows[i].field);
		}
		CHECK_INT_EQ(bench.r.effect != NULL, rows[i].expected == ERR_OK);
		bench_end(&bench);
		if (check_failed()) {
			printf("# %s\n", rows[i].what);
			return;
		}
	}
}

static bool holds(struct str text, const char *part)
{
	return memmem(text.ptr, text.len, part, strlen(part)) != NULL;
}

/* What is stored, and what the owner reads, is the list's; the sum is the server's. */
static void test_the_receipt_has_the_lists_words_and_the_sum(void)
{
	static const struct line lines[] = {
		LISTED("PIPE", 1500), WRITTEN("密封圈", 2000, "个", 350), LISTED("TAP", 1000)};
	const struct query *effect;
	struct bench bench;

	CHECK_INT_EQ(ask(&bench, lines, COUNT(lines)), ERR_OK);
	effect = bench.r.effect;
	CHECK_INT_EQ(param_count(effect, 61), 3);
	CHECK_STR_EQ(param_text_at(effect, 61, 0), "水管");
	CHECK_STR_EQ(param_text_at(effect, 61, 1), "密封圈");
	CHECK_STR_EQ(param_text_at(effect, 61, 2), "角阀");
	CHECK_STR_EQ(param_text_at(effect, 63, 0), "米");
	/* 1.5 × 12.50 = 18.75; 2 × 3.50 = 7.00; 15.00 */
	CHECK(holds(param_text(effect, 59), "水管：1.5米，单价12.50元，小计18.75元"));
	CHECK(holds(param_text(effect, 59), "材料费合计：40.75元"));
	bench_end(&bench);
}

/* Fifty of the dearest, as much as can be: 50 × 100,000 × a million yuan. */
static void test_the_largest_sum_is_right(void)
{
	struct line lines[LINES];
	struct bench bench;

	for (size_t i = 0; i < LINES; i++) {
		lines[i] = (struct line)WRITTEN("金管", 100000000, "米", 100000000);
	}
	CHECK_INT_EQ(ask(&bench, lines, LINES), ERR_OK);
	CHECK(holds(param_text(bench.r.effect, 59), "材料费合计：5000000000000.00元"));
	bench_end(&bench);
}

/* --- the list --- */

static const struct price_case {
	const char *what;
	enum method method;
	int seen, present; /* versions; 0: not said, not there */
	bool is_ended;
	enum err expected;
	const char *field;
} prices[] = {
#define SET METHOD_price_set
#define END METHOD_price_end
	{"a new one", SET, 0, 0},
	{"a new one of a code that there is", SET, 0, 3, .expected = ERR_NAME_TAKEN, .field = "code"},
	{"another price", SET, 3, 3},
	{"another price, in an old version", SET, 2, 3, .expected = ERR_CONFLICT},
	{"another price of none", SET, 1, 0, .expected = ERR_NOT_FOUND, .field = "code"},
	{"taken up again", SET, 3, 3, .is_ended = true},
	{"ended", END, 3, 3},
	{"ended in an old version", END, 2, 3, .expected = ERR_CONFLICT},
	{"ended already", END, 3, 3, .is_ended = true, .expected = ERR_STEP_REFUSED},
	{"ended, where there is none", END, 1, 0, .expected = ERR_NOT_FOUND, .field = "code"},
#undef SET
#undef END
};

static void check_price(const struct price_case *one)
{
	struct bench bench;

	bench_begin(&bench, one->method, manager);
	put_text(&bench, "code", "PIPE");
	if (one->seen != 0) {
		put_number(&bench, "version", one->seen);
	}
	if (one->method == METHOD_price_set) {
		put_text(&bench, "name", "水管");
		put_text(&bench, "unit", "米");
		put_number(&bench, "price_fen", 1300);
	}
	if (one->present != 0) {
		bench_row(&bench, STMT_price_get, "PIPE", "水管", "米", INT64_C(1250), one->present,
			one->is_ended ? TOWN_NOW - 1 : INT64_C(0));
	}
	CHECK_INT_EQ(bench_ask(&bench), one->expected);
	CHECK_STR_EQ(bench.r.fault.field, one->field == NULL ? "" : one->field);
	CHECK_INT_EQ(bench.r.effect != NULL, one->expected == ERR_OK);
	if (one->expected == ERR_OK) {
		CHECK_INT_EQ(param_number(bench.r.effect, 10), one->present);
		CHECK_STR_EQ(param_text(bench.r.effect, 11), "PIPE");
		CHECK_INT_EQ(((const Pb__PriceSetReply *)bench.r.reply)->version, one->present + 1);
	}
	bench_end(&bench);
}

static void test_prices_are_set_and_end(void)
{
	for (size_t i = 0; i < COUNT(prices); i++) {
		check_price(&prices[i]);
		if (check_failed()) {
			printf("# %s\n", prices[i].what);
			return;
		}
	}
}

static const struct test tests[] = {
	{"a_line_is_written_out_or_a_code", test_a_line_is_written_out_or_a_code},
	{"the_receipt_has_the_lists_words_and_the_sum",
		test_the_receipt_has_the_lists_words_and_the_sum},
	{"the_largest_sum_is_right", test_the_largest_sum_is_right},
	{"prices_are_set_and_end", test_prices_are_set_and_end},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
