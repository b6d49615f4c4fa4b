/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/group.h"

#include <stdlib.h>
#include <string.h>

static struct errand *errand_of(struct list *node)
{
	return container_of(node, struct errand, node);
}

static size_t count_queries(struct list *waiting, size_t errand_count)
{
	size_t count = 0;

	list_each (node, after, waiting) {
		if (errand_count-- == 0) {
			break;
		}
		count += errand_of(node)->query_count;
	}
	return count;
}

static void ask(struct group *group, struct errand *errand)
{
	group->asked[group->asked_count++] = (struct asked){
		.errand = errand, .query = &errand->queries[errand->placed_count++], .run = 1};
}

/* Its next query not yet placed, where that can go with others'; else NULL. */
static const struct query *next_each(const struct errand *errand)
{
	const struct query *query = &errand->queries[errand->placed_count];

	if (errand->is_alone || errand->placed_count == errand->query_count) {
		return NULL;
	}
	return stmt_rows[query->stmt].each_name == NULL ? NULL : query;
}

/* All that ask next what this errand does, it among them; they stand behind it. */
static void ask_run(struct group *group, struct errand *first, size_t wave)
{
	enum stmt stmt = first->queries[wave].stmt;
	size_t begin = group->asked_count;

	for (struct list *node = &first->node; node != &group->errands; node = node->next) {
		struct errand *errand = errand_of(node);
		const struct query *query = errand->placed_count == wave ? next_each(errand) : NULL;

		if (query != NULL && query->stmt == stmt) {
			ask(group, errand);
		}
	}
	group->asked[begin].run = group->asked_count - begin;
}

/* Everybody's first queries as far as they can go with others', then the second ones, and so on. */
static void ask_waves(struct group *group)
{
	size_t before;

	for (size_t wave = 0;; wave++) {
		before = group->asked_count;
		list_each (node, after, &group->errands) {
			struct errand *errand = errand_of(node);

			if (errand->placed_count == wave && next_each(errand) != NULL) {
				ask_run(group, errand, wave);
			}
		}
		if (group->asked_count == before) {
			return;
		}
	}
}

static void ask_rest(struct group *group)
{
	list_each (node, after, &group->errands) {
		struct errand *errand = errand_of(node);

		while (errand->placed_count < errand->query_count) {
			ask(group, errand);
		}
	}
}

struct group *group_new(struct list *waiting, size_t errand_count)
{
	size_t query_count = count_queries(waiting, errand_count);
	struct group *group = calloc(1, sizeof *group + query_count * sizeof group->asked[0]);

	if (group == NULL) {
		return NULL;
	}
	list_init(&group->errands);
	for (size_t i = 0; i < errand_count; i++) {
		struct errand *errand = errand_of(list_shift(waiting));

		errand->sent_count++;
		errand->placed_count = 0;
		errand->answered_count = 0;
		list_append(&group->errands, &errand->node);
	}
	ask_waves(group);
	ask_rest(group);
	assert(group->asked_count == query_count);
	return group;
}

/* False: it is sent one by one instead. */
static bool send_run(struct asked *first, struct pgconn *conn, struct arena *arena)
{
	struct query **queries = arena_alloc(arena, first->run * sizeof *queries);
	struct each each;

	for (size_t i = 0; queries != NULL && i < first->run; i++) {
		queries[i] = first[i].query;
	}
	if (queries == NULL || !each_init(&each, queries, first->run, arena)) {
		return false;
	}
	pgconn_send_each(conn, &each);
	return true;
}

void group_send(
	struct group *group, struct pgconn *conn, const struct query *epoch, struct arena *arena)
{
	pgconn_send(conn, epoch);
	for (size_t i = 0; i < group->asked_count;) {
		struct asked *first = &group->asked[i];
		size_t run = first->run;

		i += run;
		if (run > 1 && send_run(first, conn, arena)) {
			continue;
		}
		for (size_t k = 0; k < run; k++) {
			first[k].run = 1;
			pgconn_send(conn, first[k].query);
		}
	}
}

/* One without queries is done when the epoch is known. */
static void finish_if_answered(struct group *group, struct errand *errand)
{
	if (errand->answered_count == errand->query_count) {
		errand->epoch = group->epoch;
		errand_finish(errand, ERRAND_DONE);
	}
}

static void take_epoch(struct group *group, PGresult *result)
{
	group->has_epoch = true;
	group->epoch = get_u64((const uint8_t *)PQgetvalue(result, 0, 0));
	PQclear(result);
	list_each (node, after, &group->errands) {
		finish_if_answered(group, errand_of(node));
	}
}

static bool share(const struct asked *first, PGresult *result)
{
	struct query *queries[GROUP_ERRANDS_MAX];

	assert(first->run <= GROUP_ERRANDS_MAX); /* an errand asks once a wave */
	for (size_t i = 0; i < first->run; i++) {
		queries[i] = first[i].query;
	}
	return each_share(result, queries, first->run);
}

bool group_take(struct group *group, PGresult *result)
{
	struct asked *first = &group->asked[group->answered_count];

	if (!group->has_epoch) {
		take_epoch(group, result);
		return true;
	}
	if (group->answered_count == group->asked_count) {
		PQclear(result); /* the group's sync never came: these are the next one's */
		return false;
	}
	if (first->run == 1 ? !query_take(first->query, result) : !share(first, result)) {
		return false;
	}
	group->answered_count += first->run;
	for (size_t i = 0, run = first->run; i < run; i++) {
		first[i].errand->answered_count++;
		finish_if_answered(group, first[i].errand);
	}
	return true;
}

/* What stood behind the statement that failed was not run: it costs those errands none of their tries. */
static void spare(struct group *group, const struct errand *culprit)
{
	list_each (node, after, &group->errands) {
		struct errand *errand = errand_of(node);

		errand->sent_count -= errand != culprit;
	}
}

void group_fail(struct group *group, struct log *log, const char *sqlstate)
{
	struct asked *first = &group->asked[group->answered_count];
	struct errand *errand;
	char trace[UUID_TEXT_LEN + 1];

	group->is_spoilt = true;
	if (!group->has_epoch || group->answered_count == group->asked_count) {
		return; /* nobody's fault: everything is sent again */
	}
	errand = first->errand;
	log_line(log, LOG_WARN, "db.query", "stmt=%s sqlstate=%s trace=%s count=%zu",
		stmt_rows[first->query->stmt].name, sqlstate, errand_trace(errand, trace), first->run);
	if (first->run > 1) {
		spare(group, NULL);
		for (size_t i = 0; i < first->run; i++) {
			first[i].errand->is_alone = true;
		}
		return;
	}
	spare(group, errand);
	list_remove(&errand->node); /* where the moment is to blame the others go before it next time */
	list_append(&group->errands, &errand->node);
	if (errand_is_blamed(sqlstate) || errand_is_slow(sqlstate)) {
		errand->err = errand_err(sqlstate);
		errand_finish(errand, ERRAND_REFUSED);
	}
}
