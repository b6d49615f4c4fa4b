/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what all methods that move a complaint have in common: every one in every state by every kind
 * of person, here and elsewhere; what a client that saw another version is told; and what a step that is
 * allowed writes, parameter by parameter. Facts are rows made by hand; there is no loop, no database.
 */
#include <openssl/sha.h>
#include <stdarg.h>

#include "complaint.pb-c.h"
#include "tests/check.h"
#include "tests/method/steps.h"

#define VERSION STEP_VERSION

static void begin(struct bench *bench, const struct step_row *row, enum complaint_state state,
	struct access_grants grants)
{
	struct bench_complaint complaint = step_complaint(state);

	bench_begin(bench, row->method, grants);
	step_put(bench, row, VERSION);
	/* Without a telephone there is no code. */
	step_find(bench, row, &complaint, row->step == COMPLAINT_STEP_CODE ? STEP_PHONE : NULL);
}

static void check_nothing_done(const struct bench *bench)
{
	CHECK(bench->r.effect == NULL);
	CHECK(bench->r.reply == NULL);
	CHECK_INT_EQ(bench->r.reply_bytes.len, 0);
}

/* --- who, and in which state --- */

static const struct access_grants *first_of(unsigned who)
{
	return step_people[__builtin_ctz(who)];
}

static enum err expected_of(
	const struct step_row *row, unsigned person, struct bench *bench, enum complaint_state state)
{
	if (!bench_may(bench)) {
		return ERR_DENIED; /* whatever there is: nothing is looked for */
	}
	if (person >= BY_LEADER_ELSEWHERE) {
		return ERR_NOT_FOUND;
	}
	if (!step_leads_from(row, state)) {
		return ERR_STEP_REFUSED;
	}
	return (row->who & person) != 0 ? ERR_OK : ERR_DENIED;
}

static void check_who(const struct step_row *row, size_t person, enum complaint_state state)
{
	bool stays = row->step == COMPLAINT_STEP_FOLLOW_UP || row->step == COMPLAINT_STEP_CLASSIFY;
	struct bench bench;
	enum err expected;

	begin(&bench, row, state, *step_people[person]);
	expected = expected_of(row, 1U << person, &bench, state);
	CHECK_INT_EQ(bench_ask(&bench), expected);
	if (expected == ERR_OK) {
		CHECK_INT_EQ(param_number(bench.r.effect, 11), row->step);
		CHECK_INT_EQ(param_number(bench.r.effect, 12), state);
		CHECK_INT_EQ(param_number(bench.r.effect, 13), stays ? state : row->to);
	} else {
		check_nothing_done(&bench);
	}
	/* What there is now is shown to those only who see it. */
	CHECK_INT_EQ(bench.r.current.len > 0, expected == ERR_STEP_REFUSED);
	bench_end(&bench);
}

static void test_every_person_in_every_state(void)
{
	for (size_t i = 0; i < step_row_count; i++) {
		for (size_t person = 0; person < STEP_PEOPLE_COUNT; person++) {
			for (size_t k = 0; k < COMPLAINT_STATE_COUNT; k++) {
				check_who(&step_rows[i], person, complaint_states[k]);
				if (check_failed()) {
					printf("# %s by person %zu in state %d\n",
						method_rows[step_rows[i].method].name, person, (int)complaint_states[k]);
					return;
				}
			}
		}
	}
}

/* A complaint about somebody is not there for them, whatever they are. */
static void test_the_respondent_finds_nothing(void)
{
	for (size_t i = 0; i < step_row_count; i++) {
		const struct step_row *row = &step_rows[i];
		struct bench_complaint complaint = step_complaint(row->from[0]);
		struct bench bench;

		complaint.respondent = 1;
		bench_begin(&bench, row->method, *first_of(row->who));
		step_put(&bench, row, VERSION);
		step_find(&bench, row, &complaint, STEP_PHONE);
		CHECK_INT_EQ(bench_ask(&bench), ERR_NOT_FOUND);
		check_nothing_done(&bench);
		bench_end(&bench);
	}
}

static void test_what_is_not_there_is_not_found(void)
{
	for (size_t i = 0; i < step_row_count; i++) {
		struct bench bench;

		bench_begin(&bench, step_rows[i].method, *first_of(step_rows[i].who));
		step_put(&bench, &step_rows[i], VERSION);
		CHECK_INT_EQ(bench_ask(&bench), ERR_NOT_FOUND);
		check_nothing_done(&bench);
		bench_end(&bench);
	}
}

/* --- what the client saw --- */

static void check_conflict(const struct step_row *row, uint32_t seen)
{
	struct bench_complaint complaint = step_complaint(row->from[0]);
	const Pb__Complaint *current;
	struct bench bench;

	bench_begin(&bench, row->method, *first_of(row->who));
	step_put(&bench, row, seen);
	step_find(&bench, row, &complaint, STEP_PHONE);
	CHECK_INT_EQ(bench_ask(&bench), ERR_CONFLICT);
	check_nothing_done(&bench);
	current = (const Pb__Complaint *)codec_unpack(
		&pb__complaint__descriptor, bench.r.current, &bench.arena);
	CHECK(current != NULL);
	CHECK_INT_EQ(current->version, VERSION);
	CHECK_INT_EQ(current->state, row->from[0]);
	CHECK(current->contact == NULL);
	bench_end(&bench);
}

static void test_an_old_version_is_answered_with_the_record(void)
{
	static const uint32_t seen[] = {1, VERSION - 1, VERSION + 1, INT32_MAX};

	for (size_t i = 0; i < step_row_count; i++) {
		for (size_t k = 0; k < COUNT(seen); k++) {
			check_conflict(&step_rows[i], seen[k]);
			if (check_failed()) {
				printf("# %s\n", method_rows[step_rows[i].method].name);
				return;
			}
		}
	}
}

/* --- what a step writes --- */

/* The nine that every command begins with, what was seen, and the reply. */
static void check_head(const struct bench *bench, const struct step_row *row, uint32_t grant)
{
	const struct query *effect = bench->r.effect;
	const Pb__ComplaintAcceptReply *reply = (const Pb__ComplaintAcceptReply *)bench->r.reply;

	CHECK_INT_EQ(effect->stmt, row->is_full ? STMT_complaint_step_full : STMT_complaint_step);
	CHECK(param_is_id(effect, 1, town_id(TOWN_COMMUNITY, 1)));
	CHECK(param_is_id(effect, 2, town_id(TOWN_RECORD, 1)));
	CHECK(param_is_id(effect, 3, town_id(TOWN_ACCOUNT, 1)));
	CHECK(param_is_id(effect, 4, BENCH_KEY));
	CHECK(span_equal(param_bytes(effect, 5), span_of(bench->r.hash, 32)));
	CHECK(span_equal(param_bytes(effect, 6), bench->r.reply_bytes));
	CHECK_INT_EQ(param_time(effect, 7), TOWN_NOW);
	CHECK(param_is_id(effect, 8, town_id(TOWN_DEVICE, 1)));
	CHECK(param_is_id(effect, 9, town_id(TOWN_RECORD, grant)));
	CHECK_INT_EQ(param_number(effect, 10), VERSION);
	CHECK_INT_EQ(param_number(effect, 37), 1); /* staff */
	CHECK(uuid_equal(bench->r.effect_key.community_id, town_id(TOWN_COMMUNITY, 1)));
	CHECK(uuid_equal(bench->r.effect_key.record_id, town_id(TOWN_RECORD, 1)));
	CHECK(reply->has_version); /* the replies of all steps begin alike */
	CHECK_INT_EQ(reply->version, VERSION + 1);
}

struct line {
	char text[512];
	size_t len;
};

__attribute__((format(printf, 2, 3))) static void line_add(
	struct line *line, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	line->len +=
		(size_t)vsnprintf(line->text + line->len, sizeof line->text - line->len, format, values);
	va_end(values);
	assert(line->len < sizeof line->text);
}

/* The columns of the record from $14 on, and of its event from $38 on. */
static const char record_columns[] =
	"team crew worker from to arrived done result ended rating before why until master accepted"
	" pending advice answer mode score followed receipt reopened";
static const char event_columns[] = "reason score receipt";

/* Times in hours from now; an id that is none of the town's was made by the step. */
static void add_value(struct line *line, const struct query *effect, size_t n)
{
	const uint8_t *bytes = (const uint8_t *)effect->values[n - 1];

	switch (stmt_rows[effect->stmt].types[n - 1]) {
	case 'u':
		if (bytes[0] < TOWN_ACCOUNT || bytes[0] > TOWN_RECORD) {
			line_add(line, "new");
		} else {
			line_add(line, "%d", (int)get_u32(bytes + 12));
		}
		return;
	case 'z':
		line_add(line, "%+dh", (int)((param_time(effect, n) - TOWN_NOW) / STEP_HOUR));
		return;
	case 't':
		line_add(line, "%.*s", STR_ARG(param_text(effect, n)));
		return;
	case 's':
		line_add(line, "%d", (int)param_number(effect, n));
		return;
	}
	unreachable();
}

/* What is not null, in order: "team 1, crew 1, from +1h". */
static void describe(struct line *line, const struct query *effect, size_t first, const char *names)
{
	const char *between = line->len > 0 ? "; " : "";

	for (size_t n = first; names != NULL; n++) {
		size_t len = strcspn(names, " ");

		if (!param_is_null(effect, n)) {
			line_add(line, "%s%.*s ", between, (int)len, names);
			add_value(line, effect, n);
			between = ", ";
		}
		names = names[len] == ' ' ? names + len + 1 : NULL;
	}
}

/* From the first state that the step leads from, without a telephone; minted ids are left out. */
static const struct {
	enum method method;
	uint32_t grant; /* by which it was allowed */
	const char *record;
} writes[] = {
#define W(method, grant, record) \
	{ \
		METHOD_complaint_##method, grant, record \
	}
	W(accept, 203, "team 1, crew 1, accepted -216h, reopened 0"),
	W(pass, 203, "team 2, reopened 0"),
	W(classify, 203, "team 1, crew 1, accepted -216h, reopened 0"),
	W(reject, 202, "team 1, crew 1, ended +0h, accepted -216h, reopened 0"),
	W(advise, 203, "team 1, crew 1, accepted -216h, advice 请联系供热公司, reopened 0"),
	W(report_up, 203, "team 1, crew 1, accepted -216h, reopened 0"),
	W(agree, 204, "team 1, crew 1, ended +0h, accepted -216h, reopened 0"),
	W(overrule, 204, "team 1, crew 1, accepted -216h, reopened 0"),
	W(answer, 203, "team 1, crew 1, accepted -216h, answer 周三恢复供水, reopened 0"),
	W(send, 203, "team 1, crew 1, accepted -216h, pending +0h, answer 周三恢复供水, reopened 0"),
	W(book, 203, "team 1, crew 1, from +1h, to +2h, accepted -216h, reopened 0; receipt new"),
	W(dispatch, 203, "team 1, crew 1, from -1h, to +1h, accepted -216h, reopened 0"),
	W(reassign, 203,
		"team 1, crew 1, worker 2, from -1h, to +1h, accepted -216h, reopened 0; receipt new"),
	W(arrive, 206, "team 1, crew 1, from -1h, to +1h, arrived +0h, accepted -216h, reopened 0"),
	W(return, 203, "team 1, crew 1, accepted -216h, reopened 0; reason 1"),
	W(done, 206,
		"team 1, crew 1, from -1h, to +1h, arrived +0h, done +0h, result 换了水管, accepted -216h, "
		"receipt new, reopened 0; receipt new"),
	W(code, 206,
		"team 1, crew 1, from -1h, to +1h, arrived +0h, done +0h, accepted -216h, receipt 301, "
		"reopened 0"),
	W(sign, 206,
		"team 1, crew 1, from -1h, to +1h, arrived +0h, done +0h, accepted -216h, receipt 301, "
		"reopened 0; receipt 301"),
	W(verify, 203,
		"team 1, crew 1, from -1h, to +1h, arrived +0h, done +0h, accepted -216h, pending +0h, "
		"receipt 301, reopened 0"),
	W(send_back, 203, "team 1, crew 1, accepted -216h, reopened 0"),
	W(confirm, 205,
		"team 1, crew 1, ended +0h, rating 4, accepted -216h, pending -192h, mode 2, reopened 0; "
		"score 4"),
	W(refuse, 205, "team 1, accepted -216h, reopened 1"),
	W(decide, 202, "team 1, crew 1, ended +0h, accepted -216h, pending -192h, mode 3, reopened 0"),
	W(reopen, 205, "team 1, accepted -216h, reopened 1"),
	W(follow_up, 205,
		"team 1, crew 1, ended -24h, accepted -216h, score 5, followed +0h, reopened 0; score 5"),
	W(suspend, 202,
		"team 1, crew 1, before 1, why 12, until +120h, accepted -216h, reopened 0; reason 12"),
	W(resume, 203, "team 1, crew 1, accepted -216h, reopened 0"),
	W(merge, 203, "team 1, crew 1, ended +0h, before 1, master 2, accepted -216h, reopened 0"),
	W(unmerge, 203, "team 1, crew 1, accepted -216h, reopened 0"),
	W(withdraw, 205, "team 1, crew 1, ended +0h, accepted -216h, reopened 0"),
#undef W
};

static void test_a_step_writes_its_own_columns(void)
{
	CHECK_INT_EQ(COUNT(writes), step_row_count);
	for (size_t i = 0; i < COUNT(writes); i++) {
		const struct step_row *row = step_row_of(writes[i].method);
		struct line line = {.len = 0};
		struct bench bench;

		begin(&bench, row, row->from[0], *first_of(row->who));
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		check_head(&bench, row, writes[i].grant);
		describe(&line, bench.r.effect, 14, record_columns);
		describe(&line, bench.r.effect, 38, event_columns);
		if (strcmp(line.text, writes[i].record) != 0) {
			printf("# %s\n", method_rows[row->method].name);
		}
		CHECK_STR_EQ(line.text, writes[i].record);
		if (bench.r.effect->stmt == STMT_complaint_step) {
			CHECK_INT_EQ(!param_is_null(bench.r.effect, 44), row->step == COMPLAINT_STEP_CLASSIFY);
		}
		bench_end(&bench);
	}
}

/* Both roles hold the method's right; the record names the one whose step it is. */
static void test_the_grant_is_of_the_role_that_may(void)
{
	static const struct {
		enum method method;
		uint32_t grant;
	} rows[] = {{METHOD_complaint_accept, 214}, /* accept is an officer's too */
		{METHOD_complaint_book, 215}, {METHOD_complaint_verify, 215},
		{METHOD_complaint_agree, 214}};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct step_row *row = step_row_of(rows[i].method);
		struct bench bench;

		begin(&bench, row, row->from[0], officer_and_leader);
		CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
		CHECK(param_is_id(bench.r.effect, 9, town_id(TOWN_RECORD, rows[i].grant)));
		bench_end(&bench);
	}
}

/* What came as words stands in the timeline: SHA-256 over salt and words, and another salt each time. */
static void check_words(const struct step_row *row, uint8_t out_salt[32])
{
	uint8_t salted[32 + 64];
	uint8_t hash[32];
	struct bench bench;
	struct str words;

	begin(&bench, row, row->from[0], *first_of(row->who));
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	words = param_text(bench.r.effect, 42);
	CHECK_STR_EQ(words, row->text);
	CHECK_INT_EQ(param_bytes(bench.r.effect, 41).len, 32);
	memcpy(out_salt, param_bytes(bench.r.effect, 41).ptr, 32);
	memcpy(salted, out_salt, 32);
	memcpy(salted + 32, words.ptr, words.len);
	SHA256(salted, 32 + words.len, hash);
	CHECK(span_equal(param_bytes(bench.r.effect, 43), span_of(hash, sizeof hash)));
	bench_end(&bench);
}

static void check_no_words(const struct step_row *row)
{
	struct bench bench;

	begin(&bench, row, row->from[0], *first_of(row->who));
	CHECK_INT_EQ(bench_ask(&bench), ERR_OK);
	for (size_t n = 41; n <= 43; n++) {
		CHECK(param_is_null(bench.r.effect, n));
	}
	bench_end(&bench);
}

static void test_words_are_salted(void)
{
	uint8_t salts[2][32];
	size_t with_count = 0;

	for (size_t i = 0; i < step_row_count && !check_failed(); i++) {
		if (step_rows[i].text == NULL) {
			check_no_words(&step_rows[i]);
			continue;
		}
		check_words(&step_rows[i], salts[0]);
		check_words(&step_rows[i], salts[1]);
		CHECK(memcmp(salts[0], salts[1], 32) != 0);
		with_count++;
	}
	CHECK_INT_EQ(with_count, 17);
}

static const struct test tests[] = {
	{"every_person_in_every_state", test_every_person_in_every_state},
	{"the_respondent_finds_nothing", test_the_respondent_finds_nothing},
	{"what_is_not_there_is_not_found", test_what_is_not_there_is_not_found},
	{"an_old_version_is_answered_with_the_record", test_an_old_version_is_answered_with_the_record},
	{"a_step_writes_its_own_columns", test_a_step_writes_its_own_columns},
	{"the_grant_is_of_the_role_that_may", test_the_grant_is_of_the_role_that_may},
	{"words_are_salted", test_words_are_salted},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
