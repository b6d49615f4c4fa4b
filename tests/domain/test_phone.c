/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves by tables what people type for a telephone number and what it becomes, what is refused, and
 * what others get to see of it. The numbers belong to nobody.
 */
#include "server/domain/phone.h"

#include "tests/check.h"

static const struct {
	const char *typed;
	const char *expected; /* NULL: is no number */
} rows[] = {
	/* mobiles */
	{"13800001234", "+8613800001234"},
	{"138 0000 1234", "+8613800001234"},
	{"138-0000-1234", "+8613800001234"},
	{" 13800001234\n", "+8613800001234"},
	{"１３８００００１２３４", "+8613800001234"},
	{"１３８－００００－１２３４", "+8613800001234"},
	{"138　0000　1234", "+8613800001234"},
	{"138\u20130000\u20141234", "+8613800001234"},
	{"\u202D13800001234\u202C", "+8613800001234"}, /* as copied from contacts */
	{"+8613800001234", "+8613800001234"},
	{"+86 138 0000 1234", "+8613800001234"},
	{"＋８６ 138 0000 1234", "+8613800001234"},
	{"(+86)138-0000-1234", "+8613800001234"},
	{"（86）13800001234", "+8613800001234"},
	{"008613800001234", "+8613800001234"},
	{"00 86 138 0000 1234", "+8613800001234"},
	{"8613800001234", "+8613800001234"},
	{"013800001234", "+8613800001234"}, /* as dialled from another province */
	{"+86013800001234", "+8613800001234"},
	{"19900001234", "+8619900001234"},
	{"12000001234", NULL},
	{"1380000123", NULL},
	{"138000012345", NULL},
	{"23800001234", NULL},
	/* landlines */
	{"0991-1234567", "+869911234567"},
	{"(0991)1234567", "+869911234567"},
	{"０９９１－１２３４５６７", "+869911234567"},
	{"+86 991 1234567", "+869911234567"},
	{"+86 (0)991 1234567", "+869911234567"},
	{"86-991-1234567", "+869911234567"},
	{"86-0991-1234567", "+869911234567"},
	{"0086 991 1234567", "+869911234567"},
	{"0571-87654321", "+8657187654321"},
	{"010-87654321", "+861087654321"},
	{"021 87654321", "+862187654321"},
	{"+86 10 8765 4321", "+861087654321"},
	{"010-8765432", NULL},
	{"021-876543210", NULL},
	{"1234567", NULL}, /* which city? */
	{"87654321", NULL},
	{"9911234567", NULL},
	{"0991-123456", NULL},
	{"0991-123456789", NULL},
	{"0991-1234567-801", NULL}, /* an extension is no part of E.164 */
	{"0991-1234567转801", NULL},
	{"86123456", NULL},
	/* abroad */
	{"+7 495 123-45-67", "+74951234567"},
	{"007 495 1234567", "+74951234567"},
	{"+998 90 123 45 67", "+998901234567"},
	{"+852 2123 4567", "+85221234567"},
	{"+886 2 2123 4567", "+886221234567"},
	{"+1 (202) 555-0123", "+12025550123"},
	{"+1234567", "+1234567"},
	{"+123456789012345", "+123456789012345"},
	{"+1234567890123456", NULL},
	{"+123456", NULL},
	{"+0123456789", NULL},
	{"+86 123", NULL},
	{"+", NULL},
	{"00", NULL},
	{"000", NULL},
	{"0", NULL},
	{"86", NULL},
	/* no number at all */
	{"", NULL},
	{" - ", NULL},
	{"电话13800001234", NULL},
	{"13800001234/13900001234", NULL},
	{"13800001234 13900001234", NULL},
	{"1380000123O", NULL},
	{"138+00001234", NULL},
	{"++8613800001234", NULL},
	{"0000000000000000000000000000000", NULL},
	{"\xff", NULL},
	{"13800001234\xe6", NULL},
};

static void test_what_is_typed_becomes_one_form(void)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		char out[PHONE_BYTES] = "untouched";
		bool is_number = phone_normalise(str_from_c(rows[i].typed), out);

		CHECK_STR_EQ(out, rows[i].expected == NULL ? "untouched" : rows[i].expected);
		CHECK_INT_EQ(is_number, rows[i].expected != NULL);
	}
}

/* What is stored can be typed again. */
static void test_the_one_form_stays_as_it_is(void)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		char out[PHONE_BYTES];

		if (rows[i].expected != NULL) {
			CHECK(phone_normalise(str_from_c(rows[i].expected), out));
			CHECK_STR_EQ(out, rows[i].expected);
		}
	}
}

static void test_a_text_may_hold_a_nul(void)
{
	char out[PHONE_BYTES];

	CHECK(!phone_normalise(STR("13800001234\0"), out));
	CHECK(!phone_normalise(STR("\0"), out));
}

static void test_masks_hide_at_least_four_digits(void)
{
	static const struct {
		const char *e164;
		const char *expected;
	} masks[] = {
		{"+8613800001234", "138****1234"},
		{"+869911234567", "0991-****567"},
		{"+8657187654321", "0571-*****321"},
		{"+861087654321", "010-*****321"},
		{"+862187654321", "021-*****321"},
		{"+74951234567", "+********567"},
		{"+1234567", "+****567"},
		{"+123456789012345", "+************345"},
		{"+861234567", "+******567"}, /* no number of the present plan */
		{"13800001234", "****"},
		{"", "****"},
		{"+", "****"},
		{"+1234567890123456", "****"},
		{"+86138000O1234", "****"},
		{"a text of any length, and no number", "****"},
	};

	for (size_t i = 0; i < COUNT(masks); i++) {
		char out[PHONE_BYTES];

		phone_mask(str_from_c(masks[i].e164), out);
		CHECK_STR_EQ(out, masks[i].expected);
	}
}

static const struct test tests[] = {
	{"what_is_typed_becomes_one_form", test_what_is_typed_becomes_one_form},
	{"the_one_form_stays_as_it_is", test_the_one_form_stays_as_it_is},
	{"a_text_may_hold_a_nul", test_a_text_may_hold_a_nul},
	{"masks_hide_at_least_four_digits", test_masks_hide_at_least_four_digits},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
