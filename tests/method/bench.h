/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A method on the bench: no loop, no database, no connection but a struct. A case gives the person, the
 * rows that the method's statements would find, and the message; bench_ask then calls the method's
 * functions in the order in which a request does, and says the error. What the method decided stands in
 * the request: reply, effect with its parameters, current record.
 */
#pragma once

#include "server/domain/search.h"
#include "server/net/conn.h"
#include "server/principal.h"
#include "server/request.h"
#include "server/server.h"
#include "tests/db/town.h"

#define BENCH_FACTS_MAX 48
#define BENCH_HASH_KIB 8
#define BENCH_DAY (INT64_C(24) * 3600 * US_PER_S)

/* What one query of a statement finds. */
struct bench_fact {
	enum stmt stmt;
	PGresult *result; /* given to the query when it is asked */
};

struct bench {
	struct config config;
	struct server server;
	struct conn conn;
	struct principal principal; /* account 1 at device 1 */
	struct request r;
	int log_fd;                /* a file in memory */
	struct arena arena;        /* of the case: messages, texts of facts */
	ProtobufCMessage *message; /* the request being made; begun by the first put_* */
	struct bench_fact facts[BENCH_FACTS_MAX];
	size_t fact_count;
	PGconn *pg; /* not NULL: what a method reads is asked there, and there are no facts; borrowed */
};

/* The key of every request: ids of what is created. */
#define BENCH_KEY town_id(TOWN_RECORD, 77)

void bench_begin(struct bench *bench, enum method method, struct access_grants grants);
void bench_end(struct bench *bench);
/* The same person asks once more, with a new message; rows are found once, so they are made anew. */
void bench_again(struct bench *bench, enum method method);

/* Does what was logged hold this text? */
bool bench_logged(struct bench *bench, struct str text);

/*
 * One row that the next query of the statement finds; called again, one more row for it. The values are
 * those of columns_of: u struct uuid (nil: null), t const char * (NULL: null), b struct span, B i s d int
 * (s 0: null; d a day of common/day.h), l z int64_t (z 0: null), x uint64_t, S const char * ("12": the
 * numbers 1 and 2), L struct search_pairs. Fewer or more than there are columns end
 * the test: BENCH_ROW_END would stand elsewhere.
 */
#define bench_row(bench, stmt, ...) bench_row_put(bench, stmt, __VA_ARGS__, BENCH_ROW_END)
#define BENCH_ROW_END INT64_C(0x646e6520776f7221)
void bench_row_put(struct bench *bench, enum stmt stmt, ...);
/* From now on rows are for the query after: two queries of one statement. */
void bench_next(struct bench *bench, enum stmt stmt);

/* --- the message: a field by its name; "window.from_us" for one inside --- */
void put_id(struct bench *bench, const char *field, enum town_kind kind, uint32_t n);
void put_bytes(struct bench *bench, const char *field, struct span bytes);
void put_text(struct bench *bench, const char *field, const char *text);
/* Integers, enums, booleans; a repeated field gets one more. */
void put_number(struct bench *bench, const char *field, int64_t number);

/* Encodes, decodes and runs the message through the method; the first refusal, or decide's answer. */
enum err bench_ask(struct bench *bench);
/* The same with a message that is encoded already, or is none. */
enum err bench_ask_bytes(struct bench *bench, struct span body);

/* The first authorisation: is the method's right held anywhere? */
bool bench_may(const struct bench *bench);

/* --- parameters, counted from 1 as in stmt.def --- */
bool param_is_null(const struct query *query, size_t n);
int64_t param_number(const struct query *query, size_t n); /* B i s l */
int32_t param_day(const struct query *query, size_t n);
struct str param_text_at(const struct query *query, size_t n, size_t i); /* of an array */
int param_int2_at(const struct query *query, size_t n, size_t i);
struct uuid param_id_at(const struct query *query, size_t n, size_t i);
int64_t param_time(const struct query *query, size_t n);
struct str param_text(const struct query *query, size_t n);
struct span param_bytes(const struct query *query, size_t n);
bool param_is_id(const struct query *query, size_t n, struct uuid id);
size_t param_count(const struct query *query, size_t n); /* of an array */
bool param_holds_id(const struct query *query, size_t n, struct uuid id);

/* --- rows of people and places --- */

/* What is 0 or NULL is absent, or has the value in brackets. */
struct bench_complaint {
	uint32_t record;
	int state, version;
	int kind, urgency, reporter, language, lead; /* (REPAIR, NORMAL, NAMED, ZH, LEADER) */
	uint32_t team;                               /* (1) */
	bool in_queue;                               /* of no team */
	uint32_t crew;
	uint32_t worker, respondent; /* accounts */
	bool was_handled;            /* by who asks, whatever they are today */
	int place_kind;              /* of place 1; 0: it has none */
	int64_t submitted_us;        /* (TOWN_NOW) */
	int64_t window_from_us, window_to_us, arrived_us, work_done_us, ended_us;
	int64_t accepted_us, pending_us, remind_us, followed_up_us;
	int state_before, suspend_reason;
	int64_t suspended_until_us;
	uint32_t master, receipt; /* records */
	int rating, close_mode, follow_up_score, reopened_count;
	const char *text;          /* (电梯困人) */
	struct search_pairs pairs; /* behind all others, for complaint_similar */
	uint32_t repeat_of;        /* a record */
	int chased_count;
	int64_t chased_us;
	uint32_t place, category; /* (501; 203) */
	const char *result, *advice, *answer;
};

/* For complaint_get and the statements that list. */
void bench_complaint(struct bench *bench, enum stmt stmt, const struct bench_complaint *complaint);
void bench_account(struct bench *bench, enum stmt stmt, uint32_t account, int state, int version);
void bench_community(struct bench *bench);
/* Whom to call: sealed as the server would. Either may be NULL. */
void bench_contact(struct bench *bench, uint32_t record, const char *name, const char *phone);
/* What words to the owner need; `worker` is the name of whoever comes, or NULL. */
void bench_around(struct bench *bench, const char *worker);
void bench_team(struct bench *bench, enum stmt stmt);
void bench_crew(struct bench *bench, enum stmt stmt);

/* --- people: what account 1 holds --- */
extern const struct access_grants nobody, administrator, manager, leader, officer, service,
	crew_member, leader_elsewhere, leader_of_team_2, service_elsewhere, crew_member_elsewhere,
	expired_leader, officer_and_leader, administrator_and_leader_elsewhere, cleaner, guard,
	inspector, director, auditor, service_and_leader;
