/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what steps say to owners: which step writes which message, to the telephone that is sealed with
 * the complaint and in its language; nothing without a telephone. And that codes, of receipts and one-time
 * ones, stand in the sealed message alone: in no other parameter, no stored reply, no line of the log.
 */
#include <ctype.h>

#include "complaint.pb-c.h"
#include "server/outgoing.h"
#include "server/receipt_code.h"
#include "tests/check.h"
#include "tests/method/steps.h"

enum { ZH = 1, EN = 2 };

static bool holds(struct str text, struct str part)
{
	return memmem(text.ptr, text.len, part.ptr, part.len) != NULL;
}

static const struct told_case {
	enum method method;
	enum complaint_state from;
	int kind;            /* of outgoing.def; 0: says nothing */
	const char *zh, *en; /* what stands in it */
	bool new_code, receipt;
} told[] = {
#define T(method, from) METHOD_complaint_##method, COMPLAINT_##from
	{T(accept, SUBMITTED)},
	{T(pass, SUBMITTED)},
	{T(reject, SUBMITTED)},
	{T(advise, ACCEPTED), OUTGOING_ADVICE, "请联系供热公司", "请联系供热公司"},
	{T(report_up, ADVISED)},
	{T(agree, REPORTED_UP)},
	{T(overrule, REPORTED_UP)},
	{T(answer, ACCEPTED)},
	{T(send, ANSWERED), OUTGOING_ANSWER, "周三恢复供水", "周三恢复供水"},
	{T(book, ACCEPTED), OUTGOING_APPOINTMENT, "回执码：12-", "Receipt code: 12-", .receipt = true},
	{T(dispatch, ACCEPTED), OUTGOING_APPOINTMENT, "回执码：12-", "Receipt code: 12-",
		.receipt = true},
	{T(dispatch, SCHEDULED)},
	{T(arrive, DISPATCHED)},
	{T(return, ON_SITE), OUTGOING_VISIT_CHANGED, "未能入户", "could not get in"},
	{T(done, ON_SITE), OUTGOING_SERVICE_RECEIPT, "签收验证码", "Code to sign", true, true},
	{T(code, ON_SITE), OUTGOING_CODE, "签收验证码", "Code to sign", true},
	{T(sign, ON_SITE)},
	{T(verify, WORK_DONE), OUTGOING_CONFIRM, "已处理完毕", "is done"},
	{T(send_back, WORK_DONE)},
	{T(confirm, PENDING_CONFIRMATION)},
	{T(refuse, PENDING_CONFIRMATION)},
	{T(decide, PENDING_CONFIRMATION), OUTGOING_DECIDED, "业主说明了原因", "业主说明了原因"},
	{T(reopen, CLOSED)},
	{T(follow_up, CLOSED)},
	{T(suspend, ACCEPTED), OUTGOING_SUSPENDED, "预计至2026-12-01 12:00", "until 2026-12-01 12:00"},
	{T(resume, SUSPENDED)},
	{T(merge, ACCEPTED)},
	{T(unmerge, MERGED)},
	{T(withdraw, ACCEPTED), OUTGOING_WITHDRAWN, "撤回", "withdrawn"},
	{T(book, SCHEDULED), OUTGOING_VISIT_CHANGED, "原约2026-11-23 18:20–20:20作废",
		"not at 2026-11-23 18:20–20:20 any more", .receipt = true},
	{T(reassign, DISPATCHED), OUTGOING_VISIT_CHANGED, "上门人员有变动", "Somebody else comes",
		.receipt = true},
	{T(reassign, ON_SITE), OUTGOING_VISIT_CHANGED, "上门人员有变动", "Somebody else comes",
		.receipt = true},
#undef T
};

static void ask(struct bench *bench, const struct told_case *one, int language, const char *phone)
{
	const struct step_row *row = step_row_of(one->method);
	struct bench_complaint complaint = step_complaint(one->from);

	complaint.language = language;
	bench_begin(bench, row->method, *step_people[__builtin_ctz(row->who)]);
	step_put(bench, row, STEP_VERSION);
	step_find(bench, row, &complaint, phone);
	CHECK_INT_EQ(bench_ask(bench), ERR_OK);
}

static void check_told(const struct told_case *one, int language)
{
	struct outgoing_message message;
	struct bench bench;

	ask(&bench, one, language, STEP_PHONE);
	if (check_failed()) {
		return;
	}
	message = step_told(&bench);
	CHECK_INT_EQ(message.kind, one->kind);
	CHECK_INT_EQ(bench.r.writes_outgoing, one->kind != 0);
	if (one->kind != 0) {
		CHECK_INT_EQ(message.language, language);
		CHECK_STR_EQ(message.to, STEP_PHONE);
		CHECK(holds(message.text, str_from_c(language == EN ? one->en : one->zh)));
		/* Below a receipt, which names the number itself; a code below that names it again. */
		CHECK(holds(message.text, STR("20261123-0001")) || (one->receipt && !one->new_code));
	}
	bench_end(&bench);
}

static void test_each_step_tells_its_own(void)
{
	for (size_t i = 0; i < COUNT(told); i++) {
		check_told(&told[i], ZH);
		check_told(&told[i], EN);
		if (check_failed()) {
			printf("# %s\n", method_rows[told[i].method].name);
			return;
		}
	}
}

/* The step is done, and nobody is written to. */
static void check_not_told(const struct told_case *one)
{
	struct bench bench;

	ask(&bench, one, ZH, NULL);
	if (check_failed()) {
		return;
	}
	CHECK_INT_EQ(step_told(&bench).kind, 0);
	CHECK(!bench.r.writes_outgoing);
	if (bench.r.effect->stmt == STMT_complaint_step_full) {
		for (size_t n = 48; n <= 51; n++) {
			CHECK(param_is_null(bench.r.effect, n));
		}
	}
	bench_end(&bench);
}

static void test_without_a_telephone_nobody_is_told(void)
{
	for (size_t i = 0; i < COUNT(told); i++) {
		if (told[i].method != METHOD_complaint_code) { /* refused: test_complaint_sign.c */
			check_not_told(&told[i]);
		}
		if (check_failed()) {
			printf("# %s\n", method_rows[told[i].method].name);
			return;
		}
	}
}

/* A name without a telephone is sealed too, and written to as little. */
static void test_a_name_alone_is_not_written_to(void)
{
	const struct step_row *row = step_row_of(METHOD_complaint_verify);
	struct bench_complaint complaint = step_complaint(COMPLAINT_WORK_DONE);
	struct bench bench;

	bench_begin(&bench, row->method, leader);
	bench_contact(&bench, 1, "阿依古丽", NULL);
	step_put(&bench, row, STEP_VERSION);
	step_find(&bench, row, &complaint, NULL);
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	CHECK_INT_EQ(bench.r.effect->stmt, STMT_complaint_step);
	bench_end(&bench);
}

/* --- codes --- */

/* Behind the last of these words, so many characters. */
static struct str behind(struct str text, struct str words, size_t len)
{
	const char *at = memmem(text.ptr, text.len, words.ptr, words.len);

	return at == NULL ? STR("") : str_of(at + words.len, len);
}

/* Digits that stand by themselves, not within a hash or a number. */
static bool holds_code(struct str text, struct str code)
{
	for (size_t i = 0; i + code.len <= text.len; i++) {
		bool is_begin = i == 0 || (uint8_t)text.ptr[i - 1] > 0x7F || !isalnum(text.ptr[i - 1]);
		bool is_end = i + code.len == text.len || (uint8_t)text.ptr[i + code.len] > 0x7F ||
		              !isalnum(text.ptr[i + code.len]);

		if (is_begin && is_end && memcmp(text.ptr + i, code.ptr, code.len) == 0) {
			return true;
		}
	}
	return false;
}

/* In the clear nowhere: not in what is stored, not in the log. */
static void check_secret(struct bench *bench, struct str code)
{
	const struct query *effect = bench->r.effect;

	CHECK(code.len > 0);
	for (size_t i = 0; i < effect->param_count; i++) {
		if (effect->values[i] != NULL) {
			CHECK(!holds_code(str_of(effect->values[i], (size_t)effect->lengths[i]), code));
		}
	}
	CHECK(!holds_code(
		str_of((const char *)bench->r.reply_bytes.ptr, bench->r.reply_bytes.len), code));
	CHECK(!bench_logged(bench, code));
}

static void check_one_time_code(struct bench *bench)
{
	const struct query *effect = bench->r.effect;
	struct str digits = behind(step_told(bench).text, STR("签收验证码："), 6);
	uint8_t hash[SEAL_HASH_BYTES];

	CHECK_INT_EQ(param_number(effect, 49), 1); /* to sign */
	CHECK_INT_EQ(param_time(effect, 51), TOWN_NOW + 600 * US_PER_S);
	CHECK(seal_one_time_code(&bench->server.seal, town_id(TOWN_COMMUNITY, 1),
		uuid_from_span(span_of(effect->values[47], UUID_BYTES)), 1, digits, hash));
	CHECK(span_equal(param_bytes(effect, 50), span_of(hash, sizeof hash)));
	CHECK(bench->r.arena.is_secret); /* wiped when it is freed */
	check_secret(bench, digits);
}

/* Its hash is stored; the code itself is in the message, and in the reply only when that is sent. */
static void check_receipt_code(struct bench *bench)
{
	const struct query *effect = bench->r.effect;
	struct uuid id = uuid_from_span(span_of(effect->values[39], UUID_BYTES));
	struct receipt_code code;
	struct span sent;
	char text[UUID_TEXT_LEN + 1];

	receipt_code_make(&bench->server.seal, 12, town_id(TOWN_COMMUNITY, 1), id, &code);
	CHECK(span_equal(param_bytes(effect, 57), span_of(code.hash, sizeof code.hash)));
	CHECK(holds(step_told(bench).text, str_from_c(code.text)));
	check_secret(bench, str_from_c(code.text));
	if (check_failed()) {
		return;
	}
	uuid_format(id, text);
	bench->r.impl->mint(&bench->r, str_from_c(text));
	sent = codec_encode(bench->r.reply, &bench->arena);
	CHECK(holds(str_of((const char *)sent.ptr, sent.len), str_from_c(code.text)));
}

static void check_codes(const struct told_case *one)
{
	struct bench bench;

	ask(&bench, one, ZH, STEP_PHONE);
	if (check_failed()) {
		return;
	}
	if (bench.r.effect->stmt == STMT_complaint_step_full) {
		CHECK_INT_EQ(!param_is_null(bench.r.effect, 48), one->new_code);
		CHECK_INT_EQ(!param_is_null(bench.r.effect, 56), one->receipt);
	} else {
		CHECK(!one->new_code && !one->receipt);
	}
	if (one->new_code) {
		check_one_time_code(&bench);
	}
	if (one->receipt && !check_failed()) {
		check_receipt_code(&bench);
	}
	bench_end(&bench);
}

static void test_codes_stand_in_the_message_alone(void)
{
	for (size_t i = 0; i < COUNT(told); i++) {
		check_codes(&told[i]);
		if (check_failed()) {
			printf("# %s\n", method_rows[told[i].method].name);
			return;
		}
	}
}

/* What was minted before is what was given out: the code of a repeated command is the same. */
static void test_what_is_not_an_id_mints_no_code(void)
{
	struct bench bench;

	ask(&bench, &told[9], ZH, STEP_PHONE);
	bench.r.impl->mint(&bench.r, STR("20261123-0001"));
	CHECK(((const Pb__ComplaintBookReply *)bench.r.reply)->receipt_code == NULL);
	bench_end(&bench);
}

/* --- the appointment --- */

/* An owner lets in whoever the receipt names: after another crew was given it, not the person before. */
static void test_a_receipt_names_whoever_comes(void)
{
	static const struct {
		uint32_t crew, worker, had_crew, had_worker;
		bool is_named;
	} rows[] = {{1, 0, 2, 2, false}, {0, 0, 1, 2, true}, {0, 2, 1, 0, true}, {1, 0, 1, 2, true}};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct step_row *row = step_row_of(METHOD_complaint_book);
		struct bench_complaint complaint = step_complaint(COMPLAINT_SCHEDULED);
		struct bench bench;

		complaint.crew = rows[i].had_crew;
		complaint.worker = rows[i].had_worker;
		bench_begin(&bench, row->method, leader);
		step_put(&bench, row, STEP_VERSION);
		if (rows[i].crew != 0) {
			put_id(&bench, "crew_id", TOWN_CREW, rows[i].crew);
		}
		if (rows[i].worker != 0) {
			put_id(&bench, "worker_id", TOWN_ACCOUNT, rows[i].worker);
			bench_around(&bench, "马军");
		}
		step_find(&bench, row, &complaint, NULL);
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		CHECK_INT_EQ(holds(param_text(bench.r.effect, 59), STR("马军")), rows[i].is_named);
		CHECK(holds(param_text(bench.r.effect, 59), STR("2026-11-23 19:00")));
		CHECK(holds(param_text(bench.r.effect, 59), STR("水电组")));
		CHECK(!holds(param_text(bench.r.effect, 59), STR("阿依古丽")));
		bench_end(&bench);
	}
}

/* The same time once more, or one that was given back before, is no other time. */
static void test_only_another_time_is_told_as_one(void)
{
	static const struct {
		int64_t had_from_us, had_to_us;
		int kind;
	} rows[] = {
		{TOWN_NOW + STEP_HOUR, TOWN_NOW + 2 * STEP_HOUR, OUTGOING_APPOINTMENT},
		{0, 0, OUTGOING_APPOINTMENT},
		{TOWN_NOW + STEP_HOUR, TOWN_NOW + 3 * STEP_HOUR, OUTGOING_VISIT_CHANGED},
		{TOWN_NOW, TOWN_NOW + 2 * STEP_HOUR, OUTGOING_VISIT_CHANGED},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct step_row *row = step_row_of(METHOD_complaint_book);
		struct bench_complaint complaint = step_complaint(COMPLAINT_SCHEDULED);
		struct bench bench;

		complaint.window_from_us = rows[i].had_from_us;
		complaint.window_to_us = rows[i].had_to_us;
		bench_begin(&bench, row->method, leader);
		step_put(&bench, row, STEP_VERSION);
		step_find(&bench, row, &complaint, STEP_PHONE);
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		CHECK_INT_EQ(step_told(&bench).kind, rows[i].kind);
		bench_end(&bench);
	}
}

/* Why nobody came of it, and no word of what the crew wrote for the team. */
static void test_a_return_is_told_with_its_reason(void)
{
	static const struct {
		int reason;
		const char *words;
	} rows[] = {{1, "未能入户"}, {2, "需要配件"}, {3, "未能完成"}};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct step_row row = *step_row_of(METHOD_complaint_return);
		struct bench_complaint complaint = step_complaint(COMPLAINT_DISPATCHED);
		struct bench bench;

		row.number = rows[i].reason;
		bench_begin(&bench, row.method, crew_member);
		step_put(&bench, &row, STEP_VERSION);
		step_find(&bench, &row, &complaint, STEP_PHONE);
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		CHECK(holds(step_told(&bench).text, str_from_c(rows[i].words)));
		CHECK(!holds(step_told(&bench).text, STR("家中无人")));
		bench_end(&bench);
	}
}

static const struct test tests[] = {
	{"each_step_tells_its_own", test_each_step_tells_its_own},
	{"without_a_telephone_nobody_is_told", test_without_a_telephone_nobody_is_told},
	{"a_name_alone_is_not_written_to", test_a_name_alone_is_not_written_to},
	{"codes_stand_in_the_message_alone", test_codes_stand_in_the_message_alone},
	{"what_is_not_an_id_mints_no_code", test_what_is_not_an_id_mints_no_code},
	{"only_another_time_is_told_as_one", test_only_another_time_is_told_as_one},
	{"a_return_is_told_with_its_reason", test_a_return_is_told_with_its_reason},
	{"a_receipt_names_whoever_comes", test_a_receipt_names_whoever_comes},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
