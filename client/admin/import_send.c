/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/import_send.h"

#include <stdio.h>
#include <unistd.h>

#include "complaint.pb-c.h"
#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/i18n.h"
#include "client/admin/link.h"

#define PROGRESS_AFTER_US (1 * US_PER_S)
#define PROGRESS_EVERY_US (US_PER_S / 5)
#define ROW_TRIES_MAX 8
#define AGAIN_MAX 10 /* connections in a row that brought no answer */

/* A row on its way. */
struct flight {
	uint64_t id; /* of its call; 0: the place is free */
	size_t row;
	unsigned tries;
	bool is_again; /* its answer may have been lost: that it is there already says nothing */
	bool is_plain; /* asked without what was replied, as it was when it was imported before */
};

struct send {
	struct app *app;
	ProtobufCBinaryData community_id;
	struct import_rows *rows;
	struct import_sum *sum;
	struct flight flights[IMPORT_FLIGHT_MAX];
	size_t flying_count;
	unsigned again_count; /* connections made since the last answer */
	size_t next;          /* the first row that was never asked */
	int64_t shown_us;     /* mono: when progress was last shown */
	bool is_shown;
};

/* Asks for one row; the place in `flights` is the caller's. */
static enum err ask(struct send *send, struct flight *flight)
{
	const struct import_row *row = &send->rows->rows[flight->row];
	Pb__ComplaintSubmit request = PB__COMPLAINT_SUBMIT__INIT;
	struct client_ask client_ask = {
		.method = &method_rows[METHOD_complaint_submit],
		.request = &request.base,
		.key = span_of(row->key.bytes, UUID_BYTES),
	};
	struct arena arena;
	enum err err;

	arena_init(&arena, 1024 * 1024);
	request.has_community_id = true;
	request.community_id = send->community_id;
	request.has_kind = true;
	request.kind = PB__COMPLAINT__KIND__COMPLAINT;
	request.has_channel = true;
	request.channel = PB__COMPLAINT__CHANNEL__IMPORT;
	request.title = row->title.len == 0 ? NULL : arena_c_string(&arena, row->title);
	request.text = arena_c_string(&arena, row->text);
	request.has_submitted_us = true;
	request.submitted_us = row->submitted_us;
	if (row->answer.len > 0 && !flight->is_plain) {
		request.answer = arena_c_string(&arena, row->answer);
		request.has_answered_us = true;
		request.answered_us = row->answered_us;
	}
	err = client_loop_submit(&send->app->loop, &client_ask, &flight->id);
	arena_fini(&arena);
	return err;
}

/* The column that a field of the request came from; "" for the row as a whole, NULL for neither. */
static const char *column_of(const struct client_result *result)
{
	static const struct {
		const char *field;
		enum import_column column;
	} rows[] = {
		{"title", IMPORT_TITLE},
		{"text", IMPORT_DETAIL},
		{"submitted_us", IMPORT_CREATED_AT},
		{"answer", IMPORT_REPLY},
		{"answered_us", IMPORT_REPLIED_AT},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		if (str_equal(result->field, str_from_c(rows[i].field))) {
			return import_columns[rows[i].column].name;
		}
	}
	if (result->err == ERR_KEY_REUSED || result->err == ERR_BODY_SIZE) {
		return "";
	}
	return NULL;
}

static void show_progress(struct send *send, bool is_end)
{
	int64_t now_us = clock_now().mono_us;
	size_t done = send->next - send->flying_count;

	if (send->app->is_json || !isatty(STDERR_FILENO)) {
		return;
	}
	if (is_end && send->is_shown) {
		fputs("\r\033[K", stderr);
	}
	if (is_end || now_us - send->app->started.mono_us < PROGRESS_AFTER_US ||
		now_us - send->shown_us < PROGRESS_EVERY_US) {
		return;
	}
	send->shown_us = now_us;
	send->is_shown = true;
	fprintf(stderr, "\r%zu / %zu", done, send->rows->count);
	fflush(stderr);
}

/* A line for people, and a row of the summary's problems for programs. */
static void report(
	struct send *send, size_t row, const char *column, const char *sentence, const char *reason)
{
	struct import_rows *rows = send->rows;
	struct import_problem problem = {rows->rows[row].number, column, sentence};

	show_progress(send, true);
	import_problem_print(send->app, &problem);
	/* A good row has used none of the places it was given. */
	problem.reason = reason;
	rows->problems[rows->problem_count] = problem;
	rows->problem_count++;
}

/* Fills the free places with rows that were not asked yet. */
static enum err fill(struct send *send)
{
	for (size_t i = 0; i < IMPORT_FLIGHT_MAX; i++) {
		struct flight *flight = &send->flights[i];
		enum err err;

		if (flight->id != 0 || send->next == send->rows->count) {
			continue;
		}
		*flight = (struct flight){.row = send->next};
		err = ask(send, flight);
		if (err != ERR_OK) {
			flight->id = 0;
			return err;
		}
		send->next++;
		send->flying_count++;
	}
	return ERR_OK;
}

/*
 * A new connection; everything that has no answer is asked again. Where that is lost at once, the
 * caller comes back.
 */
static enum err again(struct send *send)
{
	enum err err;

	send->again_count++;
	if (send->again_count == AGAIN_MAX) {
		return fault_set_plain(&send->app->fault, ERR_CONNECT);
	}
	err = link_again(send->app, link_until_us(send->app));
	for (size_t i = 0; err == ERR_OK && i < IMPORT_FLIGHT_MAX; i++) {
		if (send->flights[i].id == 0) {
			continue;
		}
		send->flights[i].is_again = true;
		if (ask(send, &send->flights[i]) != ERR_OK) {
			break;
		}
	}
	return err;
}

static struct flight *find(struct send *send, uint64_t id)
{
	for (size_t i = 0; i < IMPORT_FLIGHT_MAX; i++) {
		if (send->flights[i].id == id) {
			return &send->flights[i];
		}
	}
	return NULL;
}

static void land(struct send *send, struct flight *flight)
{
	assert(send->flying_count > 0);
	flight->id = 0;
	send->flying_count--;
}

/* The row is there. */
static void count(struct send *send, struct flight *flight, const struct client_result *result)
{
	const Pb__ComplaintSubmitReply *reply = (const void *)result->message;

	send->again_count = 0;
	if (flight->is_plain) {
		send->sum->repeat_count++;
		send->sum->unanswered_count++;
		report(send, flight->row, import_columns[IMPORT_REPLY].name,
			_("already there, imported before without its answer"), "IMPORTED_WITHOUT_ANSWER");
	} else if (result->is_repeat && !flight->is_again) {
		send->sum->repeat_count++;
	} else {
		import_sum_add(send->sum, send->rows->rows[flight->row].answer.len > 0,
			reply->has_category ? reply->category : 0);
	}
	land(send, flight);
}

/*
 * The key was used for something else. The program of before passed over the column of replies: asked
 * as it asked, the server knows the row again where nothing else of it has changed.
 */
static bool is_worth_asking_plainly(
	const struct send *send, const struct flight *flight, const struct client_result *result)
{
	return result->err == ERR_KEY_REUSED && !flight->is_plain &&
	       send->rows->rows[flight->row].answer.len > 0;
}

/* Asks once more where that may help; what else there is to say about the row ends the import. */
static enum err ask_again(struct send *send, struct flight *flight, struct client_result *result)
{
	enum err err;

	if (is_worth_asking_plainly(send, flight, result)) {
		flight->is_plain = true;
	} else {
		flight->tries++;
		if (!link_may_repeat(result) || flight->tries == ROW_TRIES_MAX ||
			!link_pause(link_until_us(send->app),
				result->has_retry_after ? result->retry_after_ms : 100U << flight->tries)) {
			return link_refuse(send->app, result);
		}
	}
	err = ask(send, flight);
	if (err != ERR_OK && link_is_alive(send->app)) {
		return fault_set_plain(&send->app->fault, err);
	}
	return ERR_OK; /* or again() asks it anew */
}

/*
 * One answer.
 *
 *   returns  ERR_OK (go on) | what ends the import
 */
static enum err take(struct send *send, struct client_result *result)
{
	struct flight *flight = find(send, result->id);
	const char *column = column_of(result);

	if (result->kind != CLIENT_REPLY || flight == NULL) {
		return ERR_OK;
	}
	if (result->err == ERR_OK) {
		count(send, flight, result);
		return ERR_OK;
	}
	if (!link_is_alive(send->app)) {
		return ERR_OK; /* again() asks it anew */
	}
	if (result->err == ERR_ID_TAKEN) {
		/* The id is made of source and msg_id: somebody else imported this message. */
		send->sum->repeat_count++;
		land(send, flight);
		return ERR_OK;
	}
	if (column != NULL && !is_worth_asking_plainly(send, flight, result)) {
		report(send, flight->row, column, fault_sentence(result->err), err_name(result->err));
		send->sum->failed_count++;
		land(send, flight);
		return ERR_OK;
	}
	return ask_again(send, flight, result);
}

/* Until every row has its answer. */
static enum err run(struct send *send)
{
	enum err err = ERR_OK;

	while (err == ERR_OK && (send->next < send->rows->count || send->flying_count > 0)) {
		struct client_result *result;

		if (!link_is_alive(send->app)) {
			err = again(send);
			continue;
		}
		err = fill(send);
		if (err != ERR_OK) {
			err = link_is_alive(send->app) ? fault_set_plain(&send->app->fault, err) : ERR_OK;
			continue;
		}
		result = client_loop_next(&send->app->loop, CLIENT_LOOP_FOREVER);
		if (result != NULL) {
			err = take(send, result);
		}
		client_result_free(result);
		show_progress(send, false);
	}
	return err;
}

enum err import_send(
	struct app *app, struct uuid community_id, struct import_rows *rows, struct import_sum *out_sum)
{
	struct send send = {
		.app = app,
		.community_id = codec_bytes(span_of(community_id.bytes, UUID_BYTES)),
		.rows = rows,
		.sum = out_sum,
	};
	enum err err = run(&send);

	show_progress(&send, true);
	if (err != ERR_OK) {
		out_sum->failed_count = rows->count - out_sum->sent_count - out_sum->repeat_count;
		return err;
	}
	if (out_sum->failed_count > 0) {
		return fault_set(&app->fault, ERR_INPUT,
			ngettext(
				"the server refused %zu row", "the server refused %zu rows", out_sum->failed_count),
			out_sum->failed_count);
	}
	return ERR_OK;
}
