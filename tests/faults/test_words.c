/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that a running server takes a company's own words at SIGHUP, and keeps those it has where the file is no
 * good.
 */
#include "tests/check.h"

#include <unistd.h>

#include "complaint.pb-c.h"
#include "server/domain/category.h"
#include "tests/faults/desk.h"
#include "tests/server/scratch.h"

#define HEAD "word,category,weight\n"

static struct desk desk;

static void put_words(const char *text)
{
	char path[LIVE_PATH_MAX + 32];

	(void)snprintf(path, sizeof(path), "%s/category_words.csv", desk.server.dir);
	if (text == NULL) {
		assert(unlink(path) == 0);
		return;
	}
	scratch_write(path, text);
}

/* The category that the server suggests for this text. */
static uint32_t suggested(const char *text)
{
	Pb__ComplaintSimilar in = PB__COMPLAINT_SIMILAR__INIT;
	struct client_result *result;
	uint32_t category;

	in.has_community_id = in.has_place_id = true;
	in.community_id = live_bytes(&desk.site.community_id);
	in.place_id = live_bytes(&desk.site.place_id);
	in.text = (char *)(uintptr_t)text;
	result = live_call(&desk.honest, METHOD_complaint_similar, &in.base, NULL);
	assert(result->err == ERR_OK);
	category = ((const Pb__ComplaintSimilarReply *)result->message)->category;
	client_result_free(result);
	return category;
}

static void test_words_come_and_stay(void)
{
	const char *text = "快递柜打不开";

	CHECK_INT_EQ(suggested(text), CATEGORY_OTHER);
	put_words(HEAD "快递柜,SECURITY_ACCESS,6\n");
	CHECK_INT_EQ(suggested(text), CATEGORY_OTHER); /* nobody was told yet */
	desk_set(&desk, NULL);
	CHECK_INT_EQ(suggested(text), CATEGORY_SECURITY_ACCESS);
	put_words(HEAD "快递柜,LOCKERS,6\n");
	desk_set(&desk, NULL);
	CHECK(live_server_log_await(&desk.server, "server.category_words err=CONFIG", 1));
	CHECK_INT_EQ(suggested(text), CATEGORY_SECURITY_ACCESS);
	put_words(NULL);
	desk_set(&desk, NULL);
	CHECK_INT_EQ(suggested(text), CATEGORY_OTHER);
}

static void test_end_leaves_nothing(void)
{
	CHECK(desk_end(&desk));
}

static const struct test tests[] = {
	{"words_come_and_stay", test_words_come_and_stay},
	{"end_leaves_nothing", test_end_leaves_nothing},
};

int main(void)
{
	static const char *const sets[] = {"postgres_fsync=0", NULL};

	live_begin();
	desk_begin(&desk, sets);
	return check_main(tests, COUNT(tests));
}
