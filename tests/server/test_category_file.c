/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what a file of a company's own words may hold, that a fault names row and reason, and that what was there
 * stays where a new one is no good.
 */
#include "server/category_file.h"

#include <unistd.h>

#include "tests/check.h"
#include "tests/server/scratch.h"

#define HEAD "word,category,weight\n"

static char dir[SCRATCH_PATH_MAX];
static char path[SCRATCH_PATH_MAX + 32];

static enum err load(
	struct category_file *file, const char *text, const char *named, struct config_fault *out_fault)
{
	struct config config;

	*out_fault = (struct config_fault){""};
	config_init(&config, dir);
	config.category_words = named;
	if (text == NULL) {
		(void)unlink(path);
	} else {
		scratch_write(path, text);
	}
	return category_file_load(file, &config, out_fault);
}

static uint32_t suggest(const struct category_file *file, const char *title)
{
	return category_suggest(file->all, str_from_c(title), STR(""));
}

static void test_words_are_taken(void)
{
	static const char *const texts[] = {
		HEAD "快递柜,SECURITY_ACCESS,6\nWIFI,1001,5\n",
		"\xEF\xBB\xBF词,类别,权重,备注\r\n快递柜,门禁,6,丰巢\r\nwifi,1001,5,\r\n", /* as a spreadsheet writes it */
		"weight,word,category\n\n6,\"快递柜\",SECURITY_ACCESS\n5,Wifi,1001",
	};

	for (size_t i = 0; i < COUNT(texts); i++) {
		struct category_file file;
		struct config_fault fault;

		category_file_init(&file);
		CHECK_INT_EQ(load(&file, texts[i], "", &fault), ERR_OK);
		CHECK_INT_EQ(suggest(&file, "快递柜打不开"), CATEGORY_SECURITY_ACCESS);
		CHECK_INT_EQ(suggest(&file, "没有WiFi"), CATEGORY_SECURITY_ACCESS);
		CHECK_INT_EQ(suggest(&file, "电梯困人"), CATEGORY_ELEVATOR_TRAPPED);
		category_file_fini(&file);
	}
}

static void test_a_file_that_is_no_good_says_where(void)
{
	static const struct {
		const char *text;
		const char *fault;
	} rows[] = {
		{"", "category_words: there is nothing in it"},
		{"word,weight\n", "category_words row 1: columns are word, category, weight"},
		{"word,category,weight,word\n", "category_words row 1: a column is there twice"},
		{HEAD "快递柜,SECURITY_ACCESS,6\n\"x",
			"category_words row 3: a quote that is not closed, or stands inside a cell"},
		{HEAD "柜,SECURITY_ACCESS,6\nab,100,1\n",
			"category_words row 3: word: UTF-8 of 3 to 255 bytes"},
		{HEAD ",100,1\n", "category_words row 2: word: UTF-8 of 3 to 255 bytes"},
		{HEAD "\xB5\xE7\xCC\xDD,100,1\n", "category_words row 2: word: UTF-8 of 3 to 255 bytes"},
		{HEAD "快递柜,LOCKERS,6\n",
			"category_words row 2: category: a number or a name of the list of categories"},
		{HEAD "快递柜,150,6\n",
			"category_words row 2: category: a number or a name of the list of categories"},
		{HEAD "快递柜,,6\n",
			"category_words row 2: category: a number or a name of the list of categories"},
		{HEAD "快递柜,100000000000,6\n",
			"category_words row 2: category: a number or a name of the list of categories"},
		{HEAD "快递柜,100,10\n", "category_words row 2: weight: 0 to 9"},
		{HEAD "快递柜,100,-1\n", "category_words row 2: weight: 0 to 9"},
		{HEAD "快递柜,100,\n", "category_words row 2: weight: 0 to 9"},
		{HEAD "快递柜,100,1\n别的,100,1\n快递柜,200,1\n",
			"category_words row 4: word: it is there already"},
	};
	struct category_file file;
	struct config_fault fault;

	category_file_init(&file);
	CHECK_INT_EQ(load(&file, HEAD "快递柜,SECURITY_ACCESS,6\n", "", &fault), ERR_OK);
	for (size_t i = 0; i < COUNT(rows); i++) {
		CHECK_INT_EQ(load(&file, rows[i].text, "", &fault), ERR_CONFIG);
		CHECK_STR_EQ(fault.text, rows[i].fault);
		CHECK_INT_EQ(suggest(&file, "快递柜打不开"), CATEGORY_SECURITY_ACCESS); /* as before */
	}
	category_file_fini(&file);
}

static void test_as_many_as_there_may_be(void)
{
	static char text[64 * 1024];
	struct category_file file;
	struct config_fault fault;
	size_t len = 0;

	category_file_init(&file);
	len += (size_t)snprintf(text, sizeof text, HEAD);
	for (int i = 0; i < CATEGORY_WORDS_MAX; i++) {
		len += (size_t)snprintf(text + len, sizeof text - len, "word%dx,900,9\n", i);
	}
	CHECK_INT_EQ(load(&file, text, "", &fault), ERR_OK);
	CHECK_INT_EQ(suggest(&file, "word999x"), CATEGORY_GREENING);
	(void)snprintf(text + len, sizeof text - len, "one more,900,9\n");
	CHECK_INT_EQ(load(&file, text, "", &fault), ERR_CONFIG);
	CHECK_STR_EQ(fault.text, "category_words: at most 1000 words");
	category_file_fini(&file);
}

static void test_where_it_is_looked_for(void)
{
	struct category_file file;
	struct config_fault fault;

	category_file_init(&file);
	CHECK_INT_EQ(load(&file, HEAD "快递柜,SECURITY_ACCESS,6\n", path, &fault), ERR_OK);
	CHECK_INT_EQ(suggest(&file, "快递柜打不开"), CATEGORY_SECURITY_ACCESS);
	/* Named, it has to be there; else it may. */
	CHECK_INT_EQ(load(&file, NULL, path, &fault), ERR_CONFIG);
	CHECK_STR_EQ(fault.text, "category_words: No such file or directory");
	CHECK_INT_EQ(suggest(&file, "快递柜打不开"), CATEGORY_SECURITY_ACCESS);
	CHECK_INT_EQ(load(&file, NULL, "", &fault), ERR_OK);
	CHECK_INT_EQ(suggest(&file, "快递柜打不开"), CATEGORY_OTHER);
	CHECK_INT_EQ(suggest(&file, "轿厢"), category_suggest(NULL, STR("轿厢"), STR("")));
	CHECK_INT_EQ(load(&file, NULL, dir, &fault), ERR_CONFIG); /* a folder */
	category_file_fini(&file);
}

static const struct test tests[] = {
	{"words_are_taken", test_words_are_taken},
	{"a_file_that_is_no_good_says_where", test_a_file_that_is_no_good_says_where},
	{"as_many_as_there_may_be", test_as_many_as_there_may_be},
	{"where_it_is_looked_for", test_where_it_is_looked_for},
};

int main(void)
{
	scratch_leave_root();
	scratch_dir(dir);
	(void)snprintf(path, sizeof path, "%s/category_words.csv", dir);
	return check_main(tests, COUNT(tests));
}
