/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that complaint.classify leaves nothing behind but the category, in whichever state: also where somebody is to
 * come whose time is not kept any more, since the complaint was suspended in between.
 */
#include "complaint.pb-c.h"
#include "server/domain/category.h"
#include "server/domain/complaint.h"
#include "tests/check.h"
#include "tests/method/bench.h"

static const struct {
	const char *what;
	struct bench_complaint complaint;
} cases[] = {
	{"submitted", {.state = COMPLAINT_SUBMITTED}},
	{"accepted", {.state = COMPLAINT_ACCEPTED}},
	{"booked", {.state = COMPLAINT_SCHEDULED,
				   .worker = 2,
				   .window_from_us = TOWN_NOW,
				   .window_to_us = TOWN_NOW + 1}},
	{"back from a pause", {.state = COMPLAINT_SCHEDULED, .worker = 2}},
	{"reopened", {.state = COMPLAINT_REOPENED, .reopened_count = 1}},
};

static void check_case(const struct bench_complaint *given)
{
	struct bench_complaint complaint = *given;
	const struct query *effect;
	struct bench bench;

	complaint.record = 1;
	complaint.version = 5;
	bench_begin(&bench, METHOD_complaint_classify, leader);
	put_id(&bench, "community_id", TOWN_COMMUNITY, 1);
	put_id(&bench, "complaint_id", TOWN_RECORD, 1);
	put_number(&bench, "version", 5);
	put_number(&bench, "category", CATEGORY_POWER);
	bench_complaint(&bench, STMT_complaint_get, &complaint);
	bench_row(&bench, STMT_complaint_officer, 1);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	effect = bench.r.effect;
	CHECK_INT_EQ(effect->stmt, STMT_complaint_step);
	CHECK_INT_EQ(param_number(effect, 12), given->state);
	CHECK_INT_EQ(param_number(effect, 13), given->state);
	CHECK_INT_EQ(param_number(effect, 36), given->reopened_count);
	CHECK_INT_EQ(param_number(effect, 44), CATEGORY_POWER);
	bench_end(&bench);
}

static void test_nothing_but_the_category_changes(void)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		check_case(&cases[i].complaint);
		if (check_failed()) {
			printf("# %s\n", cases[i].what);
			return;
		}
	}
}

static const struct test tests[] = {
	{"nothing_but_the_category_changes", test_nothing_but_the_category_changes},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
