/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves done, code, sign: the service receipt with its materials and photographs, how it is signed, what
 * a wrong code costs, and that a code is not sent more often than once a minute and ten times a day.
 */
#include "complaint.pb-c.h"
#include "server/domain/file.h"
#include "server/outgoing.h"
#include "server/receipt.h"
#include "tests/check.h"
#include "tests/method/steps.h"

#define MINUTE (60 * US_PER_S)
#define CODE 401 /* a record */
#define DRAWING 501

enum { BY_CODE = 1, BY_HAND = 2, REFUSED = 3, BY_NOBODY_THERE = 4 };

/* The newest code to sign: 271828 with this much left. */
struct code_row {
	int64_t made_us, expires_us;
	int tries_left;
	bool is_used;
	int64_t day_count;
	int purpose; /* that its hash is for */
};

static void find_code(struct bench *bench, const struct code_row *code)
{
	uint8_t hash[SEAL_HASH_BYTES];
	bool made = seal_one_time_code(&bench->server.seal, town_id(TOWN_COMMUNITY, 1),
		town_id(TOWN_RECORD, CODE), code->purpose, STR("271828"), hash);

	assert(made);
	bench_row(bench, STMT_code_newest, town_id(TOWN_RECORD, CODE), span_of(hash, sizeof hash),
		code->made_us, code->expires_us, code->tries_left, (int)code->is_used, code->day_count);
}

/* Sent a minute ago, good for another. */
#define GOOD \
	{ \
		TOWN_NOW - MINUTE, TOWN_NOW + MINUTE, 5, false, 1, 1 \
	}

/* --- sign --- */

/* A signature that was drawn; all zero: none is named. */
struct drawn {
	int64_t begun_us;
	int state, purpose;
	uint32_t complaint; /* a record; 0: not there */
};

#define DRAWN \
	{ \
		TOWN_NOW - MINUTE + 1, FILE_READY, FILE_SIGNATURE, 1 \
	}
#define NOT_DRAWN \
	.expected = ERR_FIELD_INVALID, .field = "signature_id", \
	.allowed = "a finished signature of this complaint, drawn for its present receipt"

static const struct sign_case {
	const char *what;
	int method;
	const char *code, *reason;
	struct code_row row;
	bool has_no_code, has_no_phone, is_not_done;
	int place_kind; /* 0: a dwelling */
	uint32_t version;
	enum err expected;
	const char *field, *allowed;
	bool costs_a_try;
	struct drawn drawn;
} signs[] = {
	{"the right code", BY_CODE, "271828", NULL, GOOD},
	{"a wrong one", BY_CODE, "271829", NULL, GOOD, .expected = ERR_CODE_WRONG,
		.field = "one_time_code", .allowed = "4 tries left", .costs_a_try = true},
	{"a wrong one, the last time", BY_CODE, "314159", NULL,
		{TOWN_NOW - MINUTE, TOWN_NOW + MINUTE, 1, false, 1, 1}, .expected = ERR_CODE_WRONG,
		.field = "one_time_code", .allowed = "0 tries left", .costs_a_try = true},
	{"the right one, the last time", BY_CODE, "271828", NULL,
		{TOWN_NOW - MINUTE, TOWN_NOW + MINUTE, 1, false, 1, 1}},
	{"letters", BY_CODE, "27182x", NULL, GOOD, .expected = ERR_CODE_WRONG, .field = "one_time_code",
		.allowed = "4 tries left", .costs_a_try = true},
	{"a code for another purpose", BY_CODE, "271828", NULL,
		{TOWN_NOW - MINUTE, TOWN_NOW + MINUTE, 5, false, 1, 2}, .expected = ERR_CODE_WRONG,
		.field = "one_time_code", .allowed = "4 tries left", .costs_a_try = true},
	{"no tries left", BY_CODE, "271828", NULL,
		{TOWN_NOW - MINUTE, TOWN_NOW + MINUTE, 0, false, 1, 1}, .expected = ERR_CODE_SPENT,
		.field = "one_time_code", .allowed = "a new one"},
	{"expired now", BY_CODE, "271828", NULL, {TOWN_NOW - MINUTE, TOWN_NOW, 5, false, 1, 1},
		.expected = ERR_CODE_SPENT, .field = "one_time_code", .allowed = "a new one"},
	{"good for a moment", BY_CODE, "271828", NULL,
		{TOWN_NOW - MINUTE, TOWN_NOW + 1, 5, false, 1, 1}},
	{"sent with the receipt before", BY_CODE, "271828", NULL,
		{TOWN_NOW - MINUTE - 1, TOWN_NOW + MINUTE, 5, false, 1, 1}, .expected = ERR_CODE_SPENT,
		.field = "one_time_code", .allowed = "a new one"},
	{"used", BY_CODE, "271828", NULL, {TOWN_NOW - MINUTE, TOWN_NOW + MINUTE, 4, true, 1, 1},
		.expected = ERR_CODE_SPENT, .field = "one_time_code", .allowed = "a new one"},
	{"never sent", BY_CODE, "271828", NULL, GOOD, .has_no_code = true, .expected = ERR_CODE_SPENT,
		.field = "one_time_code", .allowed = "a new one"},
	{"no code given", BY_CODE, NULL, NULL, GOOD, .expected = ERR_FIELD_INVALID,
		.field = "one_time_code", .allowed = "with sign_method 1 only"},
	{"five digits", BY_CODE, "27182", NULL, GOOD, .expected = ERR_FIELD_LENGTH,
		.field = "one_time_code", .allowed = "6 characters"},
	/* Nothing is tried that could not be used: a wrong code costs nothing there. */
	{"a wrong one, an old version", BY_CODE, "314159", NULL, GOOD, .version = 4,
		.expected = ERR_CONFLICT},
	{"a wrong one, before it is done", BY_CODE, "314159", NULL, GOOD, .is_not_done = true,
		.expected = ERR_STEP_REFUSED, .field = "receipt_id",
		.allowed = "the service receipt, which done makes"},

	{"refused, and why", REFUSED, NULL, "业主认为没修好", GOOD},
	{"refused without a word", REFUSED, NULL, NULL, GOOD, .expected = ERR_FIELD_INVALID,
		.field = "reason", .allowed = "with sign_method 3 only"},
	{"refused with a code", REFUSED, "271828", "业主认为没修好", GOOD,
		.expected = ERR_FIELD_INVALID, .field = "one_time_code",
		.allowed = "with sign_method 1 only"},
	{"a code and a reason", BY_CODE, "271828", "业主同意", GOOD, .expected = ERR_FIELD_INVALID,
		.field = "reason", .allowed = "with sign_method 3 only"},
	{"nobody, in a home with a telephone", BY_NOBODY_THERE, NULL, NULL, GOOD,
		.expected = ERR_FIELD_INVALID, .field = "sign_method"},
	{"nobody, in a home without one", BY_NOBODY_THERE, NULL, NULL, GOOD, .has_no_phone = true},
	{"nobody, in a common place", BY_NOBODY_THERE, NULL, NULL, GOOD, .place_kind = 4},
	{"nobody, where nobody knows the place", BY_NOBODY_THERE, NULL, NULL, GOOD, .place_kind = -1},
	{"by hand", BY_HAND, NULL, NULL, GOOD, .drawn = DRAWN},
	{"by hand, by none", BY_HAND, NULL, NULL, GOOD, .expected = ERR_FIELD_INVALID,
		.field = "signature_id", .allowed = "with sign_method 2 only"},
	{"by hand and a code", BY_HAND, "271828", NULL, GOOD, .drawn = DRAWN,
		.expected = ERR_FIELD_INVALID, .field = "one_time_code",
		.allowed = "with sign_method 1 only"},
	{"a code and a drawing", BY_CODE, "271828", NULL, GOOD, .drawn = DRAWN,
		.expected = ERR_FIELD_INVALID, .field = "signature_id",
		.allowed = "with sign_method 2 only"},
	{"drawn before the receipt was made", BY_HAND, NULL, NULL, GOOD, NOT_DRAWN,
		.drawn = {TOWN_NOW - MINUTE, FILE_READY, FILE_SIGNATURE, 1}},
	{"drawn for another complaint", BY_HAND, NULL, NULL, GOOD, NOT_DRAWN,
		.drawn = {TOWN_NOW, FILE_READY, FILE_SIGNATURE, 2}},
	{"drawn, and not sent to its end", BY_HAND, NULL, NULL, GOOD, NOT_DRAWN,
		.drawn = {TOWN_NOW, FILE_RECEIVING, FILE_SIGNATURE, 1}},
	{"a photograph instead of a signature", BY_HAND, NULL, NULL, GOOD, NOT_DRAWN,
		.drawn = {TOWN_NOW, FILE_READY, FILE_AFTER, 1}},
	{"a drawing that is not there", BY_HAND, NULL, NULL, GOOD, NOT_DRAWN,
		.drawn = {TOWN_NOW, FILE_READY, FILE_SIGNATURE, 0}},
	{"by hand, an old version", BY_HAND, NULL, NULL, GOOD, .drawn = DRAWN, .version = 4,
		.expected = ERR_CONFLICT},
	{"by hand, before it is done", BY_HAND, NULL, NULL, GOOD, .drawn = DRAWN, .is_not_done = true,
		.expected = ERR_STEP_REFUSED, .field = "receipt_id",
		.allowed = "the service receipt, which done makes"},
	{"a method that is none", 5, NULL, NULL, GOOD, .expected = ERR_FIELD_RANGE,
		.field = "sign_method", .allowed = "1..4"},
};

static void find_drawn(struct bench *bench, const struct drawn *drawn)
{
	static const uint8_t hash[32] = {0xD7};

	put_id(bench, "signature_id", TOWN_RECORD, DRAWING);
	if (drawn->complaint != 0) {
		bench_row(bench, STMT_file_some, town_id(TOWN_COMMUNITY, 1), town_id(TOWN_RECORD, DRAWING),
			town_id(TOWN_RECORD, drawn->complaint), town_id(TOWN_ACCOUNT, 1), drawn->purpose,
			drawn->state, 900, span_of(hash, 32), 900, 0, town_id(TOWN_RECORD, DRAWING),
			FILE_TYPE_PNG, 800, span_of(hash, 32), 400, 200, drawn->begun_us, TOWN_NOW);
	}
}

static void ask_to_sign(struct bench *bench, const struct sign_case *one)
{
	struct bench_complaint complaint = step_complaint(COMPLAINT_ON_SITE);
	const struct step_row row = {METHOD_complaint_sign, COMPLAINT_STEP_SIGN,
		.number_field = "sign_method", .number = one->method,
		.text_field = one->reason == NULL ? NULL : "reason", .text = one->reason};

	complaint.work_done_us = TOWN_NOW - MINUTE; /* when that receipt was made */
	complaint.receipt = one->is_not_done ? 0 : complaint.receipt;
	if (one->place_kind != 0) {
		complaint.place_kind = one->place_kind < 0 ? 0 : one->place_kind;
	}
	bench_begin(bench, METHOD_complaint_sign, crew_member);
	step_put(bench, &row, one->version == 0 ? STEP_VERSION : one->version);
	if (one->code != NULL) {
		put_text(bench, "one_time_code", one->code);
	}
	step_find(bench, &row, &complaint, one->has_no_phone ? NULL : STEP_PHONE);
	if (!one->has_no_code) {
		find_code(bench, &one->row);
	}
	if (one->drawn.begun_us != 0) {
		find_drawn(bench, &one->drawn);
	}
}

static void check_signed(const struct bench *bench, const struct sign_case *one)
{
	const struct query *effect = bench->r.effect;

	CHECK_INT_EQ(effect->stmt, STMT_complaint_step_full);
	CHECK_INT_EQ(param_number(effect, 65), one->method);
	CHECK(param_is_id(effect, 40, town_id(TOWN_RECORD, 301)));
	CHECK(param_is_null(effect, 56)); /* no new receipt */
	CHECK_INT_EQ(param_is_null(effect, 66), one->reason == NULL);
	CHECK(one->reason == NULL || str_equal(param_text(effect, 66), str_from_c(one->reason)));
	CHECK_INT_EQ(!param_is_null(effect, 52), one->method == BY_CODE);
	CHECK_INT_EQ(!param_is_null(effect, 72), one->method == BY_HAND);
	if (one->method == BY_HAND) { /* that of what is kept */
		CHECK_INT_EQ(param_bytes(effect, 72).len, 32);
		CHECK_INT_EQ(param_bytes(effect, 72).ptr[0], 0xD7);
	}
	if (one->method == BY_CODE) {
		uint8_t hash[SEAL_HASH_BYTES];

		CHECK(param_is_id(effect, 52, town_id(TOWN_RECORD, CODE)));
		CHECK(seal_one_time_code(&bench->server.seal, town_id(TOWN_COMMUNITY, 1),
			town_id(TOWN_RECORD, CODE), 1, STR("271828"), hash));
		CHECK(span_equal(param_bytes(effect, 53), span_of(hash, sizeof hash)));
	}
}

static void check_try(const struct bench *bench)
{
	const struct query *effect = bench->r.effect;

	CHECK_INT_EQ(effect->stmt, STMT_code_failed);
	CHECK(param_is_id(effect, 1, town_id(TOWN_COMMUNITY, 1)));
	CHECK(param_is_id(effect, 2, town_id(TOWN_RECORD, CODE)));
	CHECK(param_is_null(effect, 3)); /* staff answer with their name, not with their address */
	CHECK(bench->r.reply == NULL);
}

static void check_sign(const struct sign_case *one)
{
	struct bench bench;

	ask_to_sign(&bench, one);
	CHECK_INT_EQ(bench_ask(&bench), one->expected);
	CHECK_STR_EQ(bench.r.fault.field, one->field == NULL ? "" : one->field);
	if (one->allowed != NULL) {
		CHECK_STR_EQ(bench.r.fault.allowed, one->allowed);
	}
	CHECK_INT_EQ(bench.r.fault.allowed[0] != '\0', one->field != NULL);
	CHECK_INT_EQ(bench.r.effect != NULL, one->expected == ERR_OK || one->costs_a_try);
	CHECK(!bench_logged(&bench, STR("271828")));
	if (one->expected == ERR_OK) {
		check_signed(&bench, one);
	} else if (one->costs_a_try) {
		check_try(&bench);
	}
	bench_end(&bench);
}

static void test_how_a_receipt_is_signed(void)
{
	for (size_t i = 0; i < COUNT(signs); i++) {
		check_sign(&signs[i]);
		if (check_failed()) {
			printf("# %s\n", signs[i].what);
			return;
		}
	}
}

/* --- another code --- */

static void test_a_code_is_sent_when_it_may_be(void)
{
	static const struct {
		const char *what;
		struct code_row row;
		bool has_no_code, has_no_phone, is_not_done;
		enum err expected;
		const char *field;
	} rows[] = {
		{"none was sent yet", GOOD, .has_no_code = true},
		{"a minute ago", {TOWN_NOW - MINUTE, TOWN_NOW, 5, false, 1, 1}},
		{"less than a minute ago", {TOWN_NOW - MINUTE + 1, TOWN_NOW, 5, false, 1, 1},
			.expected = ERR_STEP_REFUSED, .field = "one_time_code"},
		{"just used, just made", {TOWN_NOW - 1, TOWN_NOW, 0, true, 1, 1},
			.expected = ERR_STEP_REFUSED, .field = "one_time_code"},
		{"nine today", {TOWN_NOW - MINUTE, TOWN_NOW, 5, false, 9, 1}},
		{"ten today", {TOWN_NOW - MINUTE, TOWN_NOW, 5, false, 10, 1}, .expected = ERR_STEP_REFUSED,
			.field = "one_time_code"},
		{"no telephone", GOOD, .has_no_phone = true, .expected = ERR_STEP_REFUSED,
			.field = "contact"},
		{"nothing to sign", GOOD, .is_not_done = true, .expected = ERR_STEP_REFUSED,
			.field = "receipt_id"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct step_row *row = step_row_of(METHOD_complaint_code);
		struct bench_complaint complaint = step_complaint(COMPLAINT_ON_SITE);
		struct bench bench;

		complaint.receipt = rows[i].is_not_done ? 0 : complaint.receipt;
		bench_begin(&bench, row->method, crew_member);
		step_put(&bench, row, STEP_VERSION);
		step_find(&bench, row, &complaint, rows[i].has_no_phone ? NULL : STEP_PHONE);
		if (!rows[i].has_no_code) {
			find_code(&bench, &rows[i].row);
		}
		CHECK_INT_EQ(bench_ask(&bench), rows[i].expected);
		CHECK_STR_EQ(bench.r.fault.field, rows[i].field == NULL ? "" : rows[i].field);
		if (rows[i].expected == ERR_OK) {
			CHECK_INT_EQ(((const Pb__ComplaintCodeReply *)bench.r.reply)->expires_us,
				TOWN_NOW + 10 * MINUTE);
		}
		bench_end(&bench);
	}
}

/* --- done --- */

static void begin_done(struct bench *bench, size_t material_count, size_t photo_count)
{
	const struct step_row row = {
		METHOD_complaint_done, COMPLAINT_STEP_CODE, .text_field = "result", .text = "换了水管"};
	struct bench_complaint complaint = step_complaint(COMPLAINT_ON_SITE);
	Pb__ComplaintDone *message;

	bench_begin(bench, METHOD_complaint_done, crew_member);
	step_put(bench, &row, STEP_VERSION);
	for (uint8_t i = 0; i < photo_count; i++) {
		uint8_t hash[32] = {0xF0, i};

		put_bytes(bench, "photos", span_of(hash, sizeof hash));
	}
	message = (Pb__ComplaintDone *)bench->message;
	message->n_materials = material_count;
	message->materials =
		arena_alloc(&bench->arena, size_max(material_count, 1) * sizeof *message->materials);
	for (size_t i = 0; i < material_count; i++) {
		Pb__Material *material = arena_new(&bench->arena, Pb__Material);

		pb__material__init(material);
		material->name = arena_c_string(&bench->arena, STR("水管"));
		material->unit = arena_c_string(&bench->arena, STR("米"));
		material->has_quantity_milli = material->has_price_fen = true;
		material->quantity_milli = (uint32_t)(1500 + i);
		material->price_fen = (int64_t)(200 + i);
		message->materials[i] = material;
	}
	step_find(bench, &row, &complaint, NULL);
}

/* The n-th element of an array of int8. */
static int64_t element(const struct query *query, size_t n, size_t i)
{
	return (int64_t)get_u64((const uint8_t *)query->values[n - 1] + 20 + 12 * i + 4);
}

static void test_materials_go_to_the_receipt(void)
{
	static const size_t counts[] = {0, 1, 50};

	for (size_t i = 0; i < COUNT(counts); i++) {
		const struct query *effect;
		struct bench bench;

		begin_done(&bench, counts[i], 9);
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		effect = bench.r.effect;
		CHECK_INT_EQ(param_number(effect, 56), RECEIPT_SERVICE);
		CHECK_INT_EQ(param_bytes(effect, 60).len, 9 * 32);
		CHECK_INT_EQ(param_bytes(effect, 60).ptr[8 * 32 + 1], 8);
		for (size_t n = 61; n <= 64; n++) {
			CHECK_INT_EQ(get_u32((const uint8_t *)effect->values[n - 1] + 12), counts[i]);
		}
		if (counts[i] > 0) {
			CHECK_INT_EQ(element(effect, 62, counts[i] - 1), 1500 + (int64_t)counts[i] - 1);
			CHECK_INT_EQ(element(effect, 64, counts[i] - 1), 200 + (int64_t)counts[i] - 1);
		}
		CHECK_INT_EQ(
			memmem(param_text(effect, 59).ptr, param_text(effect, 59).len, "水管", 6) != NULL,
			true);
		CHECK(!((const Pb__ComplaintDoneReply *)bench.r.reply)->is_code_sent);
		bench_end(&bench);
	}
}

static void test_done_needs_its_photographs(void)
{
	static const struct {
		size_t materials, photos;
		enum err expected;
		const char *field;
	} rows[] = {{0, 1, ERR_OK, ""}, {0, 9, ERR_OK, ""}, {0, 0, ERR_FIELD_INVALID, "photos"},
		{0, 10, ERR_FIELD_LENGTH, "photos"}, {51, 1, ERR_FIELD_LENGTH, "materials"}};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bench bench;

		begin_done(&bench, rows[i].materials, rows[i].photos);
		CHECK_INT_EQ(bench_ask(&bench), rows[i].expected);
		CHECK_STR_EQ(bench.r.fault.field, rows[i].field);
		CHECK_INT_EQ(bench.r.effect != NULL, rows[i].expected == ERR_OK);
		bench_end(&bench);
	}
}

static void test_a_photograph_is_named_by_32_bytes(void)
{
	static const size_t lens[] = {1, 31, 33, 64};

	for (size_t i = 0; i < COUNT(lens); i++) {
		static const uint8_t hash[64];
		struct bench bench;

		begin_done(&bench, 0, 1);
		put_bytes(&bench, "photos", span_of(hash, lens[i]));
		CHECK_INT_EQ(bench_ask(&bench), ERR_FIELD_LENGTH);
		CHECK_STR_EQ(bench.r.fault.field, "photos");
		bench_end(&bench);
	}
}

static const struct test tests[] = {
	{"how_a_receipt_is_signed", test_how_a_receipt_is_signed},
	{"a_code_is_sent_when_it_may_be", test_a_code_is_sent_when_it_may_be},
	{"materials_go_to_the_receipt", test_materials_go_to_the_receipt},
	{"done_needs_its_photographs", test_done_needs_its_photographs},
	{"a_photograph_is_named_by_32_bytes", test_a_photograph_is_named_by_32_bytes},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
