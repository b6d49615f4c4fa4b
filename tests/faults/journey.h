/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One complaint's way, drawn step by step from a seed: which step of those that the server's table allows, by whom,
 * with what, and what the network does to it. The same seed, slot and ordinal give the same way, whatever happens
 * in between, since a step is drawn only when the one before is acknowledged.
 *
 *     journey_begin() ─▶ present step ─▶ ask until answered ─▶ journey_acknowledge() ─▶ next step, or over
 *
 * The first journey of a slot is a master: it is submitted and left alone, for later ones to be merged into.
 */
#pragma once

#include "client/core/client.h"
#include "tests/faults/cast.h"
#include "tests/faults/dice.h"
#include "tests/faults/fold.h"
#include "tests/faults/ledger.h"

#define JOURNEY_BODY_BYTES 1024
#define JOURNEY_FAULTS 2 /* of the first attempts of a step */
#define JOURNEY_NOBODY SIZE_MAX

/* What several journeys of a slot share. */
struct journey_slot {
	const struct cast *cast;
	struct ledger *ledger;
	uint64_t seed;
	size_t number;
	uint64_t journey_count;
	struct uuid master_id;  /* of the first journey */
	int64_t next_window_us; /* appointments are a minute long, and none is another's */
};

struct journey {
	struct journey_slot *slot;
	struct dice dice;
	struct ledger_record *record; /* the ledger's */
	/* As it is by what was acknowledged. */
	struct fold fold;
	size_t team;
	size_t worker; /* of the people; JOURNEY_NOBODY: anybody of the crew */
	bool is_urgent;
	bool is_booked;
	bool has_receipt;
	bool has_code; /* the last `done` has sent one */
	unsigned steps_left;
	/* The present step. */
	enum complaint_step step;
	const struct method_row *method;
	size_t person;
	struct uuid key;
	uint8_t body[JOURNEY_BODY_BYTES];
	size_t body_bytes;
	bool wants_code; /* it signs by the code that was sent, if that comes */
	unsigned attempt_count;
	uint32_t deadline_ms;
	struct proxy_plan plans[JOURNEY_FAULTS]; /* of the first attempts */
};

/* The slot's next one; its first step is drawn. */
void journey_begin(struct journey *journey, struct journey_slot *slot);

/* The present step signs by this one-time code; before it is first asked. */
void journey_sign_by(struct journey *journey, const char *one_time_code);

/* What to ask for the present step; borrows from the journey. */
struct client_ask journey_ask(const struct journey *journey);

/* The fault that the coming attempt meets. */
struct proxy_plan journey_plan(const struct journey *journey);

/*
 * The present step was acknowledged: notes it, and draws the next.
 *
 *   returns  false where the journey is over
 */
bool journey_acknowledge(struct journey *journey, const struct client_result *result);
