/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a history has been told: every complaint with the steps that were acknowledged, and every call and answer in
 * the order in which they happened. It is the one truth that database, lists and pushes are held against. Used by
 * one thread at a time.
 */
#pragma once

#include "common/err.h"
#include "common/id_map.h"
#include "common/uuid.h"
#include "tests/faults/proxy.h"

#define LEDGER_STEPS_MAX 24
#define LEDGER_NUMBER_BYTES 24
#define LEDGER_PHONE_BYTES 17

struct ledger_step {
	uint8_t step; /* enum complaint_step */
	uint8_t to;   /* enum complaint_state */
};

/* One complaint. */
struct ledger_record {
	size_t index; /* in ledger->records */
	struct uuid complaint_id;
	char number[LEDGER_NUMBER_BYTES];
	char phone[LEDGER_PHONE_BYTES]; /* empty: nobody is told */
	size_t slot;                    /* whose journey it is, and the how-manieth */
	uint64_t ordinal;
	unsigned round; /* in which it was last touched */
	bool is_broken; /* a violation was found in it: what became of it is not known */
	unsigned step_count;
	struct ledger_step steps[LEDGER_STEPS_MAX];
};

enum ledger_kind { LEDGER_CALL, LEDGER_ANSWER, LEDGER_PUSH, LEDGER_RELOAD, LEDGER_KILL };

/* One line of the history. */
struct ledger_line {
	int64_t at_us;
	enum ledger_kind kind;
	size_t who;                         /* of the people, or the watcher */
	const struct ledger_record *record; /* NULL: about none */
	const char *what;                   /* static: method, victim */
	struct uuid key;
	uint32_t version;
	enum err err;
	struct proxy_plan plan; /* of a call */
	bool is_repeat;
};

struct ledger {
	struct ledger_record **records; /* owned, each by itself: they do not move */
	size_t record_count;
	size_t record_room;
	struct id_map by_id;
	struct ledger_line *lines; /* owned */
	size_t line_count;
	size_t line_room;
	size_t acknowledged; /* steps */
	size_t repeated;     /* of the answers that acknowledged: had been given before, and lost */
	unsigned round;
};

void ledger_init(struct ledger *ledger);
void ledger_fini(struct ledger *ledger);

/* Before it is first asked for: a push may come before the answer. */
struct ledger_record *ledger_add(struct ledger *ledger, struct uuid complaint_id);
/* NULL where nobody ever asked for it. */
struct ledger_record *ledger_find(const struct ledger *ledger, struct uuid complaint_id);
void ledger_acknowledge(
	struct ledger *ledger, struct ledger_record *record, const struct ledger_step *step);

/* `at_us` is set here. */
void ledger_note(struct ledger *ledger, const struct ledger_line *line);

/* All lines as text, one behind the other; false where the file cannot be written. */
bool ledger_write(const struct ledger *ledger, const char *path) must_check;
