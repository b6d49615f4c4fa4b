/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of a proposed set between message, domain and statement.
 */
#pragma once

#include "server/domain/promise_check.h"
#include "server/request.h"

/* Of one request, from its check on; in the arena. */
struct promise_taken {
	struct promise rows[PROMISE_ROWS_MAX];
	size_t count;
	int32_t from_day;
	struct promise_problem problems[PROMISE_PROBLEMS_MAX];
	size_t problem_count; /* those of its shape first: a clock twice in a row */
};

/* `check` of promise.propose: the request's state. */
enum err promise_take(struct request *r) must_check;

/* Adds what is wrong with the rows. */
void promise_take_check(struct promise_taken *taken);

/* The rows as parameters of promise_propose. */
void promise_take_add(const struct promise_taken *taken, struct query *query);
