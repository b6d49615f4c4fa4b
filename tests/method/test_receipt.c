/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves who gets a receipt on paper by receipt.print, and whether with its code: the roles that see its complaint,
 * nobody that it is about, nobody of another team, and never a receipt of another complaint than the one named.
 */
#include <string.h>

#include "receipt.pb-c.h"
#include "tests/check.h"
#include "tests/method/bench.h"

#define TEXT "花园小区\n受理回执\n受理编号：20261123-0001\n"

static void find(
	struct bench *bench, const struct bench_complaint *complaint, uint32_t of, uint32_t record)
{
	static const uint8_t hash[32] = {1};

	bench_complaint(bench, STMT_complaint_get, complaint);
	if (record != 0) {
		bench_row(bench, STMT_receipt_get, town_id(TOWN_COMMUNITY, 1), town_id(TOWN_RECORD, record),
			town_id(TOWN_RECORD, of), 1, 1, span_of("{}", 2), span_of(hash, sizeof hash), TEXT,
			TOWN_NOW, INT64_C(0), 0, NULL, span_of("", 0), 12, span_of(NULL, 0));
	}
}

static void ask_for(struct bench *bench)
{
	put_id(bench, "community_id", TOWN_COMMUNITY, 1);
	put_id(bench, "complaint_id", TOWN_RECORD, 1);
	put_id(bench, "receipt_id", TOWN_RECORD, 301);
	put_number(bench, "paper", PB__RECEIPT__PAPER__ROLL80);
}

static struct span pdf_of(const struct bench *bench)
{
	const Pb__ReceiptPrintReply *reply = (const Pb__ReceiptPrintReply *)bench->r.reply;

	return codec_span(reply->has_pdf, reply->pdf);
}

static const struct print_case {
	const char *what;
	const struct access_grants *who;
	enum err expected;
	uint32_t of,
		record; /* (1, 301) the complaint that the receipt is of; the receipt, where there is one */
	uint32_t respondent;
	int lead;
	bool is_missing, has_code;
} cases[] = {
	{"customer service", &service, ERR_OK, .has_code = true},
	{"its leader", &leader, ERR_OK},
	{"a cleaner of its team", &cleaner, ERR_OK},
	{"its crew", &crew_member, ERR_OK},
	{"its manager", &manager, ERR_OK},
	{"an inspector", &inspector, ERR_OK},
	{"whom it is about", &manager, ERR_NOT_FOUND, .respondent = 1},
	{"customer service, whom it is about", &service, ERR_NOT_FOUND, .respondent = 1},
	{"its leader, led by the officer", &leader, ERR_NOT_FOUND, .lead = 2},
	{"another team's leader", &leader_of_team_2, ERR_NOT_FOUND},
	{"customer service elsewhere", &service_elsewhere, ERR_NOT_FOUND},
	{"an administrator", &administrator, ERR_DENIED},
	{"nobody", &nobody, ERR_DENIED},
	{"a receipt of another complaint", &service, ERR_NOT_FOUND, .of = 2},
	{"no receipt", &service, ERR_NOT_FOUND, .is_missing = true},
};

static void test_who_may_print(void)
{
	size_t code_bytes = 0;
	size_t plain_bytes = 0;

	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct print_case *one = &cases[i];
		struct bench_complaint complaint = {.record = 1,
			.state = 7,
			.version = 3,
			.crew = 1,
			.respondent = one->respondent,
			.lead = one->lead};
		struct bench bench;

		bench_begin(&bench, METHOD_receipt_print, *one->who);
		ask_for(&bench);
		find(&bench, &complaint, one->of == 0 ? 1 : one->of, one->is_missing ? 0 : 301);
		if (one->expected == ERR_DENIED) {
			CHECK(!bench_may(&bench));
			bench_end(&bench);
			continue;
		}
		CHECK(bench_may(&bench));
		CHECK_INT_EQ(bench_ask(&bench), one->expected);
		if (check_failed()) {
			printf("# %s\n", one->what);
			return;
		}
		if (one->expected == ERR_OK) {
			CHECK(pdf_of(&bench).len > 1000);
			CHECK(memcmp(pdf_of(&bench).ptr, "%PDF-1.5", 8) == 0);
			*(one->has_code ? &code_bytes : &plain_bytes) = pdf_of(&bench).len;
		}
		bench_end(&bench);
	}
	CHECK(code_bytes > plain_bytes &&
		  plain_bytes > 0); /* the QR code's, which tests/server looks at */
}

static const struct test tests[] = {
	{"who_may_print", test_who_may_print},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
