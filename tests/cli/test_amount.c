/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Amounts with a decimal point become whole numbers, exactly or not at all; and the four parts of a
 * material, whatever its name holds.
 */
#include "client/admin/amount.h"

#include "client/admin/material.h"
#include "tests/check.h"

struct amount_case {
	const char *text;
	unsigned decimals;
	uint64_t max;
	uint64_t expected;
};

static const struct amount_case good_cases[] = {
	{"0", 2, 100, 0},
	{"1.5", 3, 10000, 1500},
	{"12.50", 2, 10000, 1250},
	{"12.5", 2, 10000, 1250},
	{"12", 2, 10000, 1200},
	{"0.001", 3, 10000, 1},
	{"007", 0, 100, 7},
	{"0.1", 1, 9, 1},
	{"42949672.95", 2, UINT32_MAX, UINT32_MAX},
	{"92233720368547758.07", 2, INT64_MAX, INT64_MAX},
};

static const struct amount_case bad_cases[] = {
	{"", 2, 100, 0},
	{".", 2, 100, 0},
	{".5", 2, 100, 0},
	{"5.", 2, 1000, 0},
	{"1.234", 2, 1000000, 0},
	{"1.0", 0, 100, 0},
	{"1.2.3", 3, 1000000, 0},
	{"-1", 2, 1000, 0},
	{"+1", 2, 1000, 0},
	{" 1", 2, 1000, 0},
	{"1 ", 2, 1000, 0},
	{"1,5", 2, 1000, 0},
	{"1e2", 2, 100000, 0},
	{"0x1", 2, 1000, 0},
	{"10.01", 2, 1000, 0},
	{"42949672.96", 2, UINT32_MAX, 0},
	{"92233720368547758.08", 2, INT64_MAX, 0},
	{"99999999999999999999999999", 0, INT64_MAX, 0},
};

static void test_amounts_are_exact(void)
{
	for (size_t i = 0; i < COUNT(good_cases); i++) {
		const struct amount_case *row = &good_cases[i];
		uint64_t amount = 0;

		CHECK(amount_parse(str_from_c(row->text), row->decimals, row->max, &amount));
		CHECK_INT_EQ(amount, row->expected);
	}
}

static void test_what_is_no_amount_is_refused(void)
{
	for (size_t i = 0; i < COUNT(bad_cases); i++) {
		const struct amount_case *row = &bad_cases[i];
		uint64_t amount = 77;

		CHECK(!amount_parse(str_from_c(row->text), row->decimals, row->max, &amount));
		CHECK_INT_EQ(amount, 77);
	}
}

struct material_case {
	const char *text;
	enum material_verdict verdict;
	const char *name;
	uint32_t quantity_milli;
	const char *unit;
	int64_t price_fen;
};

static const struct material_case material_cases[] = {
	{"门机皮带:1.5:米:12.50", MATERIAL_OK, "门机皮带", 1500, "米", 1250},
	{"bolt:M8:8:piece:0", MATERIAL_OK, "bolt:M8", 8000, "piece", 0},
	{"", MATERIAL_PARTS, NULL, 0, NULL, 0},
	{"a:1:b", MATERIAL_PARTS, NULL, 0, NULL, 0},
	{":1:b:2", MATERIAL_PARTS, NULL, 0, NULL, 0},
	{"a:1::2", MATERIAL_PARTS, NULL, 0, NULL, 0},
	{"a:0:b:2", MATERIAL_QUANTITY, NULL, 0, NULL, 0},
	{"a:1.0001:b:2", MATERIAL_QUANTITY, NULL, 0, NULL, 0},
	{"a:4294967.296:b:2", MATERIAL_QUANTITY, NULL, 0, NULL, 0},
	{"a:1:b:", MATERIAL_PRICE, NULL, 0, NULL, 0},
	{"a:1:b:1.005", MATERIAL_PRICE, NULL, 0, NULL, 0},
	{"a:1:b:-2", MATERIAL_PRICE, NULL, 0, NULL, 0},
};

static void test_a_material_has_four_parts(void)
{
	struct arena arena;

	arena_init(&arena, 64 * 1024);
	for (size_t i = 0; i < COUNT(material_cases); i++) {
		const struct material_case *row = &material_cases[i];
		Pb__Material material = PB__MATERIAL__INIT;

		CHECK_INT_EQ(material_parse(str_from_c(row->text), &arena, &material), row->verdict);
		CHECK_STR_EQ(
			material.name == NULL ? "" : material.name, row->name == NULL ? "" : row->name);
		CHECK_INT_EQ(material.quantity_milli, row->quantity_milli);
		CHECK_STR_EQ(
			material.unit == NULL ? "" : material.unit, row->unit == NULL ? "" : row->unit);
		CHECK_INT_EQ(material.price_fen, row->price_fen);
	}
	arena_fini(&arena);
}

static const struct test tests[] = {
	{"amounts_are_exact", test_amounts_are_exact},
	{"what_is_no_amount_is_refused", test_what_is_no_amount_is_refused},
	{"a_material_has_four_parts", test_a_material_has_four_parts},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
