/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the methods of promises share: what is asked of a set that somebody decides about.
 */
#pragma once

#include "promise.pb-c.h"
#include "server/request.h"

/* Steps of the topic 8. */
enum promise_step {
	PROMISE_STEP_PROPOSE = 1,
	PROMISE_STEP_APPROVE,
	PROMISE_STEP_REJECT,
	PROMISE_STEP_WITHDRAW
};

/* Events name their subject by an id: a number as one, its last four bytes. */
struct uuid promise_subject(uint32_t number);

/* The grant by which they may, wherever it holds: promises and holidays are the company's. */
struct uuid promise_granted_by(const struct request *r);

/* Loads a set as the first of the queries; 0: the one in force. */
void promise_load_set(struct request *r, uint32_t set_no);

/* `may` of what names a set. */
enum err promise_may(struct request *r);

/* The set that promise_load_set found. */
struct uuid promise_proposed_by(const struct request *r);
int32_t promise_from_day(const struct request *r);

/*
 * Is it still at this version, and to be decided? Names the current set with the refusal.
 *
 *   returns  ERR_OK | ERR_CONFLICT | ERR_STEP_REFUSED
 */
enum err promise_check_open(struct request *r, uint32_t version) must_check;
