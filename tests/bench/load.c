/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/load.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/reply.h"

/* Answers may be this late when the time is over; then the run has failed. */
#define DRAIN_MS 10000
#define OPEN_MS 60000

/* Room for one request in flight. Its ids: QUESTION_ID_MIN + its index + in_flight × turn. */
struct slot {
	uint64_t id; /* 0: nothing is in flight */
	uint64_t turn;
	uint64_t asked_ns;
	struct pick_target target;
};

struct asker {
	struct link link;
	struct load *load;
	struct pick pick;
	struct slot *slots; /* in_flight of them; owned */
};

struct load {
	const struct load_terms *terms;
	struct load_outcome *out;
	struct question question;
	uv_loop_t loop;
	uv_timer_t timer;
	struct asker *askers; /* owned */
	unsigned ready_count;
	uint64_t asked;
	uint64_t flying;
	uint64_t began_ns;
	uint64_t ended_ns; /* 0: still asking */
	bool has_failed;
};

static void keep_code(struct load *load, struct str code)
{
	if (load->out->code[0] == '\0') {
		(void)snprintf(load->out->code, sizeof(load->out->code), "%.*s", STR_ARG(code));
	}
}

static void fail(struct load *load, const char *why)
{
	load->has_failed = true;
	keep_code(load, str_from_c(why));
	uv_stop(&load->loop);
}

/* ---- asking --------------------------------------------------------------------------------- */

static void on_timer(uv_timer_t *timer);

/* Nothing more is asked from now on, and nothing that comes counts. */
static void stop_asking(struct load *load)
{
	if (load->ended_ns == 0) {
		load->ended_ns = uv_hrtime();
		(void)uv_timer_start(&load->timer, on_timer, DRAIN_MS, 0);
	}
}

static void on_timer(uv_timer_t *timer)
{
	struct load *load = timer->data;

	if (load->began_ns == 0) {
		fail(load, "not all connections were made in time");
	} else if (load->ended_ns == 0) {
		stop_asking(load);
	} else {
		fail(load, "answers are missing");
	}
}

static bool pick_next(struct asker *asker, struct pick_target *out)
{
	const struct load *load = asker->load;

	if (load->terms->requests_max != 0 && load->asked >= load->terms->requests_max) {
		return false;
	}
	if (load->question.kind == QUESTION_ACCEPT) {
		return pick_supply(&asker->pick, out);
	}
	*out = pick_any(&asker->pick);
	return true;
}

/* A new complaint's id is its key. */
static void fill(struct question *question, const struct pick_target *target)
{
	unsigned key = question->kind == QUESTION_SUBMIT ? NUMBER_COMPLAINT : NUMBER_KEY;

	question_set(question, QUESTION_COMMUNITY,
		number_uuid(NUMBER_COMMUNITY, NUMBER_FIRST + target->community));
	question_set(question, QUESTION_COMPLAINT,
		number_uuid(NUMBER_COMPLAINT, NUMBER_FIRST + target->complaint));
	question_set(question, QUESTION_TEAM, number_uuid(NUMBER_TEAM, NUMBER_FIRST + target->team));
	question_set(question, QUESTION_WHERE, number_uuid(NUMBER_PLACE, NUMBER_FIRST + target->place));
	question_set(question, QUESTION_KEY, number_uuid(key, target->key));
	question_set_phone(question, target->key);
}

static void ask(struct asker *asker, unsigned index, uint64_t now_ns)
{
	struct load *load = asker->load;
	struct slot *slot = &asker->slots[index];
	unsigned in_flight = load->terms->in_flight;
	uint64_t turns = (QUESTION_ID_MAX - QUESTION_ID_MIN) / in_flight;

	slot->id = 0;
	if (load->ended_ns != 0) {
		return;
	}
	if (!pick_next(asker, &slot->target)) {
		stop_asking(load);
		return;
	}
	slot->id = QUESTION_ID_MIN + index + in_flight * (slot->turn++ % turns);
	slot->asked_ns = now_ns;
	question_set_id(&load->question, slot->id);
	fill(&load->question, &slot->target);
	link_say(&asker->link, span_of(load->question.bytes, load->question.len));
	load->asked++;
	load->flying++;
}

/* ---- answers -------------------------------------------------------------------------------- */

static void begin(struct load *load)
{
	puts("begin"); /* whoever measures our server reads its clocks now: connecting does not count */
	(void)fflush(stdout);
	load->began_ns = uv_hrtime();
	(void)uv_timer_start(&load->timer, on_timer, (uint64_t)(load->terms->seconds * 1000), 0);
	for (unsigned i = 0; i < load->terms->link_count; i++) {
		for (unsigned slot = 0; slot < load->terms->in_flight; slot++) {
			ask(&load->askers[i], slot, load->began_ns);
		}
		link_flush(&load->askers[i].link);
	}
}

static void on_ready(struct link *link)
{
	struct load *load = container_of(link, struct asker, link)->load;

	if (++load->ready_count == load->terms->link_count) {
		begin(load);
	}
}

static struct slot *slot_of(struct asker *asker, uint64_t id)
{
	struct slot *slot;

	if (id < QUESTION_ID_MIN) {
		return NULL;
	}
	slot = &asker->slots[(id - QUESTION_ID_MIN) % asker->load->terms->in_flight];
	return slot->id == id ? slot : NULL;
}

static void judge(struct load *load, const struct slot *slot, const struct answer *answer)
{
	if (answer->kind == ANSWER_FAILURE) {
		load->out->errors++;
		keep_code(load, answer->code);
	} else if (answer->is_repeat) {
		load->out->errors++;
		keep_code(load, STR("answered as a repeat"));
	} else if (load->terms->is_checked &&
			   !reply_is_right(load->question.kind, answer->body, &slot->target)) {
		load->out->errors++;
		keep_code(load, STR("another answer than was asked for"));
	}
}

static void on_answer(struct link *link, const struct answer *answer)
{
	struct asker *asker = container_of(link, struct asker, link);
	struct load *load = asker->load;
	struct slot *slot = slot_of(asker, answer->id);
	uint64_t now_ns = uv_hrtime();

	if (answer->kind == ANSWER_OTHER || slot == NULL) {
		fail(load, "an answer to what was not asked");
		return;
	}
	judge(load, slot, answer);
	load->flying--;
	if (load->ended_ns == 0 && answer->kind == ANSWER_REPLY) {
		load->out->requests++;
		histogram_add(&load->out->times, (now_ns - slot->asked_ns) / 1000);
	}
	ask(asker, (unsigned)(slot - asker->slots), now_ns);
	if (load->ended_ns != 0 && load->flying == 0) {
		uv_stop(&load->loop);
	}
}

static void on_end(struct link *link, const char *why)
{
	fail(container_of(link, struct asker, link)->load, why);
}

static const struct link_calls calls = {on_ready, on_answer, on_end};

/* ---- the run -------------------------------------------------------------------------------- */

static bool open_links(struct load *load, SSL_CTX *context)
{
	const struct load_terms *terms = load->terms;

	for (unsigned i = 0; i < terms->link_count; i++) {
		struct asker *asker = &load->askers[i];

		asker->load = load;
		pick_init(&asker->pick, &terms->town, i);
		asker->slots = calloc(terms->in_flight, sizeof(*asker->slots));
		assert(asker->slots != NULL);
		if (!link_open(&asker->link, &load->loop, context, terms->port,
				number_person(terms->town.group, asker->pick.person), &calls)) {
			return false;
		}
	}
	return true;
}

static void close_links(struct load *load)
{
	for (unsigned i = 0; i < load->terms->link_count; i++) {
		if (load->askers[i].load != NULL) {
			link_close(&load->askers[i].link);
		}
	}
	uv_close((uv_handle_t *)&load->timer, NULL);
	(void)uv_run(&load->loop, UV_RUN_DEFAULT); /* until every handle is closed */
	(void)uv_loop_close(&load->loop);
	for (unsigned i = 0; i < load->terms->link_count; i++) {
		link_fini(&load->askers[i].link);
		free(load->askers[i].slots);
	}
	free(load->askers);
}

bool load_run(const struct load_terms *terms, struct load_outcome *out)
{
	struct tls_files files = {.ca_path = terms->ca_path};
	struct load load = {.terms = terms, .out = out};
	const char *reason = NULL;
	SSL_CTX *context = tls_client_context(&files, &reason);

	assert(terms->link_count >= 1 && terms->link_count <= LOAD_LINKS_MAX);
	assert(terms->in_flight >= 1 && terms->in_flight <= LOAD_IN_FLIGHT_MAX);
	*out = (struct load_outcome){.requests = 0};
	if (context == NULL || uv_loop_init(&load.loop) != 0) {
		keep_code(&load, str_from_c(reason));
		tls_context_free(context);
		return false;
	}
	load.askers = calloc(terms->link_count, sizeof(*load.askers));
	assert(load.askers != NULL);
	(void)uv_timer_init(&load.loop, &load.timer);
	load.timer.data = &load;
	(void)uv_timer_start(&load.timer, on_timer, OPEN_MS, 0);
	question_init(&load.question, terms->kind);
	if (open_links(&load, context)) {
		(void)uv_run(&load.loop, UV_RUN_DEFAULT);
	} else {
		fail(&load, "no connection");
	}
	out->seconds = (double)(load.ended_ns - load.began_ns) / 1e9;
	close_links(&load);
	question_fini(&load.question);
	tls_context_free(context);
	return !load.has_failed;
}
