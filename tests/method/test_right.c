/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the first of the two authorisations over every row of method.def: who holds the row's right
 * anywhere is let through to look for the object, everybody else is refused before anything is looked
 * for. The rights are written down a second time, method by method.
 */
#include "tests/check.h"
#include "tests/method/bench.h"

/* Bit by person, in the order of `people`. */
enum {
	ADMINISTRATOR = 1,
	MANAGER = 2,
	OFFICER = 4,
	LEADER = 8,
	SERVICE = 16,
	CREW = 32,
	CLEANER = 64,
	GUARD = 128,
	INSPECTOR = 256,
	DIRECTOR = 512,
	NOBODY = 1024,
	AUDITOR = 2048
};
#define LEADS (LEADER | OFFICER | MANAGER | DIRECTOR)
#define MEMBERS (LEADER | OFFICER | CLEANER | GUARD)
#define STAFF (LEADS | MEMBERS | SERVICE | CREW | INSPECTOR)
#define EVERYBODY (ADMINISTRATOR | STAFF | NOBODY | AUDITOR)

static const struct access_grants *const people[] = {&administrator, &manager, &officer, &leader,
	&service, &crew_member, &cleaner, &guard, &inspector, &director, &nobody, &auditor};

static const unsigned may[METHOD_COUNT] = {
	[METHOD_session_login] = EVERYBODY,
	[METHOD_session_resume] = EVERYBODY,
	[METHOD_session_logout] = EVERYBODY,
	[METHOD_session_whoami] = EVERYBODY,
	[METHOD_server_status] = EVERYBODY,
	[METHOD_server_metrics] = ADMINISTRATOR,
	[METHOD_watch_open] = STAFF,
	[METHOD_watch_close] = EVERYBODY,
	[METHOD_account_create] = ADMINISTRATOR,
	[METHOD_account_list] = ADMINISTRATOR,
	[METHOD_account_password] = EVERYBODY,
	[METHOD_account_leave] = ADMINISTRATOR,
	[METHOD_grant_add] = ADMINISTRATOR,
	[METHOD_grant_end] = ADMINISTRATOR,
	[METHOD_grant_list] = ADMINISTRATOR,
	[METHOD_community_create] = ADMINISTRATOR,
	[METHOD_community_list] = EVERYBODY,
	[METHOD_team_create] = ADMINISTRATOR,
	[METHOD_team_members] = ADMINISTRATOR | STAFF,
	[METHOD_crew_members] = ADMINISTRATOR | STAFF,
	[METHOD_crew_create] = ADMINISTRATOR,
	[METHOD_crew_change] = ADMINISTRATOR,
	[METHOD_place_create] = ADMINISTRATOR,
	[METHOD_place_import] = ADMINISTRATOR,
	[METHOD_place_get] = ADMINISTRATOR | STAFF,
	[METHOD_place_list] = ADMINISTRATOR | STAFF,
	[METHOD_patch_assign] = ADMINISTRATOR,
	[METHOD_patch_list] = ADMINISTRATOR | STAFF,
	[METHOD_qualification_add] = ADMINISTRATOR | MANAGER | DIRECTOR,
	[METHOD_qualification_verify] = ADMINISTRATOR | MANAGER | DIRECTOR,
	[METHOD_qualification_end] = ADMINISTRATOR | MANAGER | DIRECTOR,
	[METHOD_qualification_list] = ADMINISTRATOR | STAFF,
	[METHOD_absence_add] = LEADS,
	[METHOD_absence_end] = LEADS,
	[METHOD_absence_list] = LEADS | MEMBERS | CREW,
	[METHOD_calendar_list] = ADMINISTRATOR | STAFF,
	[METHOD_price_set] = ADMINISTRATOR | MANAGER | DIRECTOR,
	[METHOD_price_end] = ADMINISTRATOR | MANAGER | DIRECTOR,
	[METHOD_price_list] = ADMINISTRATOR | STAFF,
	[METHOD_community_hours] = ADMINISTRATOR | MANAGER | DIRECTOR,
	[METHOD_promise_list] = ADMINISTRATOR | STAFF,
	[METHOD_promise_get] = ADMINISTRATOR | STAFF,
	[METHOD_promise_propose] = MANAGER | DIRECTOR,
	[METHOD_promise_approve] = DIRECTOR,
	[METHOD_promise_reject] = DIRECTOR,
	[METHOD_promise_withdraw] = MANAGER | DIRECTOR,
	[METHOD_holiday_list] = ADMINISTRATOR | STAFF,
	[METHOD_holiday_get] = ADMINISTRATOR | STAFF,
	[METHOD_holiday_load] = ADMINISTRATOR | DIRECTOR,
	[METHOD_complaint_submit] = STAFF,
	[METHOD_complaint_get] = STAFF,
	[METHOD_complaint_list] = STAFF,
	[METHOD_complaint_count] = STAFF,
	[METHOD_complaint_similar] = STAFF,
	[METHOD_complaint_accept] = LEADS,
	[METHOD_complaint_book] = LEADS,
	[METHOD_complaint_dispatch] = LEADS,
	[METHOD_complaint_arrive] = MEMBERS | CREW,
	[METHOD_complaint_done] = MEMBERS | CREW,
	[METHOD_complaint_verify] = LEADS,
	[METHOD_complaint_confirm] = SERVICE,
	[METHOD_complaint_pass] = LEADS | SERVICE,
	[METHOD_complaint_reject] = MANAGER | DIRECTOR,
	[METHOD_complaint_advise] = LEADS,
	[METHOD_complaint_report_up] = LEADS,
	[METHOD_complaint_agree] = OFFICER | MANAGER | DIRECTOR,
	[METHOD_complaint_overrule] = OFFICER | MANAGER | DIRECTOR,
	[METHOD_complaint_answer] = LEADS | SERVICE,
	[METHOD_complaint_send] = LEADS | SERVICE,
	[METHOD_complaint_return] = LEADS | MEMBERS | CREW,
	[METHOD_complaint_code] = MEMBERS | CREW,
	[METHOD_complaint_sign] = MEMBERS | CREW,
	[METHOD_complaint_send_back] = LEADS,
	[METHOD_complaint_refuse] = SERVICE,
	[METHOD_complaint_decide] = OFFICER | MANAGER | DIRECTOR,
	[METHOD_complaint_reopen] = SERVICE | INSPECTOR,
	[METHOD_complaint_follow_up] = SERVICE | INSPECTOR,
	[METHOD_complaint_suspend] = LEADS,
	[METHOD_complaint_resume] = LEADS,
	[METHOD_complaint_merge] = LEADS | SERVICE,
	[METHOD_complaint_unmerge] = LEADS | SERVICE,
	[METHOD_complaint_withdraw] = SERVICE,
	[METHOD_complaint_repeat] = SERVICE,
	[METHOD_complaint_split] = LEADS | SERVICE,
	[METHOD_complaint_chase] = SERVICE,
	[METHOD_receipt_chase] = EVERYBODY,
	[METHOD_file_begin] = STAFF,
	[METHOD_file_chunk] = STAFF,
	[METHOD_file_end] = STAFF,
	[METHOD_file_get] = STAFF,
	[METHOD_file_list] = STAFF,
	[METHOD_file_read] = STAFF,
	[METHOD_complaint_reassign] = LEADS,
	[METHOD_complaint_classify] = LEADS | SERVICE,
	[METHOD_complaint_windows] = LEADS | SERVICE,
	[METHOD_receipt_list] = STAFF,
	[METHOD_receipt_get] = EVERYBODY,
	[METHOD_receipt_code] = EVERYBODY,
	[METHOD_receipt_confirm] = EVERYBODY,
	[METHOD_receipt_refuse] = EVERYBODY,
	[METHOD_receipt_withdraw] = EVERYBODY,
	[METHOD_receipt_reopen] = EVERYBODY,
	[METHOD_receipt_pdf] = EVERYBODY,
	[METHOD_receipt_print] = STAFF,
	[METHOD_report_kpi] = STAFF,
	[METHOD_audit_read] = AUDITOR | ADMINISTRATOR,
	[METHOD_audit_seals] = AUDITOR | ADMINISTRATOR,
	[METHOD_audit_reads] = AUDITOR | DIRECTOR,
	[METHOD_complaint_try] = LEADS | SERVICE,
	[METHOD_filter_save] = STAFF,
	[METHOD_filter_get] = STAFF,
	[METHOD_filter_list] = STAFF,
	[METHOD_filter_end] = STAFF,
	[METHOD_export_begin] = SERVICE | MANAGER | DIRECTOR,
	[METHOD_export_read] = SERVICE | MANAGER | DIRECTOR,
	[METHOD_export_end] = SERVICE | MANAGER | DIRECTOR,
	[METHOD_export_cancel] = SERVICE | MANAGER | DIRECTOR,
	[METHOD_export_list] = SERVICE | MANAGER | DIRECTOR,
	[METHOD_export_approve] = MANAGER | DIRECTOR,
};

static void test_rights_of_every_method(void)
{
	for (size_t method = 0; method < METHOD_COUNT; method++) {
		CHECK(may[method] != 0); /* a new method: who may belongs above */
		for (size_t i = 0; i < COUNT(people); i++) {
			struct bench bench;

			bench_begin(&bench, (enum method)method, *people[i]);
			if (bench_may(&bench) != ((may[method] >> i & 1) != 0)) {
				printf("# %s by person %zu\n", method_rows[method].name, i);
			}
			CHECK_INT_EQ(bench_may(&bench), (may[method] >> i & 1) != 0);
			bench_end(&bench);
		}
	}
}

/* Two functions that request_step.c calls for every method. */
static void test_every_method_decides_and_says_whose(void)
{
	for (size_t method = 0; method < METHOD_COUNT; method++) {
		struct bench bench;

		bench_begin(&bench, (enum method)method, nobody);
		CHECK(bench.r.impl->may != NULL);
		CHECK(bench.r.impl->decide != NULL);
		/* What writes must look its key up, so it loads. */
		CHECK(method_rows[method].kind != METHOD_KIND_WRITE || bench.r.impl->load != NULL);
		bench_end(&bench);
	}
}

static const struct test tests[] = {
	{"rights_of_every_method", test_rights_of_every_method},
	{"every_method_decides_and_says_whose", test_every_method_decides_and_says_whose},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
