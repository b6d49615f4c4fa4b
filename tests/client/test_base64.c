/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves base64 by the examples of RFC 4648 §10, by going there and back with every byte, and by texts
 * that another encoder could have made but ours does not.
 */
#include "tests/check.h"

#include "client/core/base64.h"

static const struct {
	struct str bytes;
	struct str text;
} examples[] = {
	{STR(""), STR("")},
	{STR("f"), STR("Zg==")},
	{STR("fo"), STR("Zm8=")},
	{STR("foo"), STR("Zm9v")},
	{STR("foob"), STR("Zm9vYg==")},
	{STR("fooba"), STR("Zm9vYmE=")},
	{STR("foobar"), STR("Zm9vYmFy")},
	{STR("\xFB\xFF\xBF"), STR("+/+/")},
};

static void test_examples_go_both_ways(void)
{
	struct arena arena;
	struct span bytes;

	arena_init(&arena, 4096);
	for (size_t i = 0; i < COUNT(examples); i++) {
		char *text = base64_encode(span_from_str(examples[i].bytes), &arena);

		CHECK(text != NULL);
		CHECK_STR_EQ(text, examples[i].text);
		CHECK(base64_decode(examples[i].text, &arena, &bytes));
		CHECK(span_equal(bytes, span_from_str(examples[i].bytes)));
	}
	arena_fini(&arena);
}

static void test_every_byte_goes_there_and_back(void)
{
	uint8_t all[256];
	struct arena arena;
	struct span bytes;

	arena_init(&arena, 4096);
	for (size_t i = 0; i < sizeof(all); i++) {
		all[i] = (uint8_t)i;
	}
	CHECK(base64_decode(
		str_from_c(base64_encode(span_of(all, sizeof(all)), &arena)), &arena, &bytes));
	CHECK(span_equal(bytes, span_of(all, sizeof(all))));
	arena_fini(&arena);
}

static void test_refuses_what_it_would_not_make(void)
{
	static const char *const texts[] = {"Z", "Zg",
		"Zg=", "Zg===", "Z===", "====", "Zh==", "Zm9=", "Zg==Zg==", "Zm9v\n", "Zm 9", "Zm9-",
		"Zm9_", "=Zm9", "Zm=v"};
	struct arena arena;
	struct span bytes;

	arena_init(&arena, 4096);
	for (size_t i = 0; i < COUNT(texts); i++) {
		printf("# %s\n", texts[i]);
		CHECK(!base64_decode(str_from_c(texts[i]), &arena, &bytes));
	}
	arena_fini(&arena);
}

static const struct test tests[] = {
	{"examples_go_both_ways", test_examples_go_both_ways},
	{"every_byte_goes_there_and_back", test_every_byte_goes_there_and_back},
	{"refuses_what_it_would_not_make", test_refuses_what_it_would_not_make},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
