/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit verify, reads, exports: the record checked here, by a key and a copy of its seals that the server need not be
 * trusted for; and who was given what.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "audit.pb-c.h"
#include "proto/codec.h"

#include "client/admin/account.h"
#include "client/admin/app.h"
#include "client/admin/command.h"
#include "client/admin/day.h"
#include "client/admin/file.h"
#include "client/admin/i18n.h"
#include "client/admin/label.h"
#include "client/admin/link.h"
#include "client/admin/print.h"
#include "client/admin/record_text.h"
#include "client/admin/record_verify.h"
#include "client/admin/table.h"

#define KEY_BYTES_MAX 65536
#define DAYS_DEFAULT 30

/* ---- verify --------------------------------------------------------------------------------- */

/* Of --key, or by the server's word, which is said. */
static enum err take_keys(
	struct app *app, const struct record_source *source, struct record_keys *out)
{
	const char *path = app_option(app, OPTION_SEAL_KEY);
	struct str pem = str_from_c(source->pem);
	int failed = path == NULL ? 0 : file_read(path, KEY_BYTES_MAX, &app->arena, &pem);

	if (failed != 0) {
		return fault_set(&app->fault, ERR_INPUT, "%s: %s", path, strerror(failed));
	}
	if (path == NULL && source->is_file) {
		return fault_set(&app->fault, ERR_USAGE,
			_("--key FILE says whose signature it must be: a copy of the server's keys/seal.pub"));
	}
	if (!record_keys_parse(pem, out)) {
		return fault_set(&app->fault, path == NULL ? ERR_REPLY_MALFORMED : ERR_INPUT,
			_("%s: no public keys of Ed25519 in PEM"), path == NULL ? _("the server") : path);
	}
	if (path == NULL) {
		print_note(app, _("the key is the server's own word; --key FILE trusts nobody"));
	}
	return ERR_OK;
}

/* An export of a time in which nothing was sealed; a file that was emptied looks the same. */
static bool is_nothing(const struct record_verdict *verdict)
{
	return verdict->seal_count == 0;
}

static json_t *verdict_json(const struct record_verdict *verdict)
{
	const struct record_finding *finding = &verdict->finding;
	bool is_whole = finding->fault == RECORD_WHOLE && !is_nothing(verdict);
	const char *name =
		finding->fault == RECORD_WHOLE && !is_whole ? "NOTHING" : record_fault_name(finding->fault);
	json_t *json = json_pack("{s:b, s:s, s:I, s:I, s:I, s:I, s:I, s:I}", "whole", is_whole,
		"finding", name, "seals", (json_int_t)verdict->seal_count, "last_seal",
		(json_int_t)verdict->last_number, "entries", (json_int_t)verdict->entry_count, "unsealed",
		(json_int_t)verdict->tail_count, "erased", (json_int_t)verdict->erased_count,
		"copied_seals", (json_int_t)verdict->copy_number);

	if (json != NULL && finding->fault != RECORD_WHOLE) {
		(void)json_object_set_new(json, "seal", json_integer(finding->number));
		(void)json_object_set_new(json, "era", json_integer(finding->place.era));
		(void)json_object_set_new(json, "xid", json_integer((json_int_t)finding->place.xid));
		(void)json_object_set_new(json, "seq", json_integer(finding->place.seq));
		(void)json_object_set_new(json, "other_seq", json_integer(finding->other_seq));
	}
	return json;
}

/* Without a profile, which an export does not need, in UTC. */
static const char *show_time(struct app *app, int64_t us)
{
	uint8_t bytes[sizeof(uint64_t)];

	if (app->has_profile) {
		return app_show_time(app, us);
	}
	put_u64(bytes, (uint64_t)us);
	return arena_c_string(
		&app->arena, record_text(&app->arena, RECORD_TIME, span_of(bytes, sizeof bytes)));
}

static void print_whole(struct app *app, const struct record_verdict *verdict)
{
	printf(_("the record is whole: %" PRIu64 " entries in %" PRIu64 " seals"), verdict->entry_count,
		verdict->seal_count);
	if (verdict->seal_count > 0) {
		printf(_(", the last of %s"), show_time(app, verdict->last_sealed_us));
	}
	putchar('\n');
	if (verdict->tail_count > 0) {
		printf(_("not sealed yet: %" PRIu64 "\n"), verdict->tail_count);
	}
	if (verdict->erased_count > 0) {
		printf(_("entries whose words were erased: %" PRIu64 "\n"), verdict->erased_count);
	}
}

static enum err say(struct app *app, const struct record_verdict *verdict)
{
	const struct record_finding *finding = &verdict->finding;

	if (app->is_json) {
		print_json(verdict_json(verdict));
	} else if (finding->fault == RECORD_WHOLE && !is_nothing(verdict)) {
		print_whole(app, verdict);
	}
	if (finding->fault == RECORD_WHOLE) {
		return is_nothing(verdict)
		           ? fault_set(&app->fault, ERR_NOT_FOUND,
						 _("there is no seal: nothing is sealed, and nothing verified"))
		           : ERR_OK;
	}
	if (finding->other_seq != 0) {
		return fault_set(&app->fault, ERR_RECORD_BROKEN,
			_("seal %" PRId64 ", entry %" PRId64 " (era %" PRId64 ", xid %" PRIu64
			  "): %s; it has what was entry %" PRId64),
			finding->number, finding->place.seq, finding->place.era, finding->place.xid,
			record_fault_words(finding->fault), finding->other_seq);
	}
	return fault_set(&app->fault, ERR_RECORD_BROKEN,
		_("seal %" PRId64 ", entry %" PRId64 " (era %" PRId64 ", xid %" PRIu64 "): %s"),
		finding->number, finding->place.seq, finding->place.era, finding->place.xid,
		record_fault_words(finding->fault));
}

static enum err open_source(struct app *app, struct record_source *source)
{
	const char *path = app_option(app, OPTION_EXPORTED);
	Pb__AuditRead request = PB__AUDIT_READ__INIT;

	if (path != NULL) {
		return record_source_file(
			source, app, path, arena_printf(&app->arena, "%s.seals", path).ptr);
	}
	request.has_purpose = true;
	request.purpose = app_option(app, OPTION_WITH_WORDS) == NULL ? PB__AUDIT__PURPOSE__READ
	                                                             : PB__AUDIT__PURPOSE__READ_WORDS;
	return record_source_server(source, app, &request, 0);
}

static enum err verify(struct app *app, struct record_source *source, struct record_seals *copy)
{
	struct record_keys keys;
	struct record_verdict verdict;
	struct record_plan plan = {
		.keys = &keys,
		.copy = app_option(app, OPTION_SEALS) == NULL ? NULL : copy,
		.first_number = source->is_file && source->has_seal ? source->seal.number : 1,
		.is_partial = app_option(app, OPTION_PART) != NULL,
	};
	enum err err = take_keys(app, source, &keys);

	if (err == ERR_OK) {
		err = record_verify(source, &plan, &verdict);
	}
	return err == ERR_OK ? say(app, &verdict) : err;
}

enum err command_audit_verify(struct app *app)
{
	const char *seals = app_option(app, OPTION_SEALS);
	struct record_source source = {.app = app};
	struct record_seals copy = {.file = NULL};
	int failed = seals == NULL ? 0 : record_seals_open(&copy, seals);
	enum err err = ERR_OK;

	if (failed != 0) {
		err = fault_set(&app->fault, ERR_INPUT, "%s: %s", seals, strerror(failed));
	}
	if (err == ERR_OK) {
		err = open_source(app, &source);
	}
	if (err == ERR_OK) {
		err = verify(app, &source, &copy);
	}
	record_source_close(&source);
	record_seals_close(&copy);
	return err;
}

/* ---- reads, exports ------------------------------------------------------------------------- */

static void print_rows(const Pb__AuditReadsReply *reply)
{
	static const struct table_column columns[] = {
		{N_("DAY"), false},
		{N_("NAME"), true},
		{N_("LOGIN"), false},
		{N_("WHAT"), false},
		{N_("TIMES"), false},
		{N_("AMOUNT"), false},
		{N_("USUAL"), false},
		{N_("ABOVE"), false},
	};
	struct table table;
	char text[DAY_TEXT_MAX];
	char number[32];

	table_init(&table, columns, COUNT(columns));
	for (size_t i = 0; i < reply->n_rows; i++) {
		const Pb__AuditReadsRow *row = reply->rows[i];

		table_add_c(&table, day_format(row->day, text));
		table_add_c(&table, row->name);
		table_add_c(&table, row->login);
		table_add_c(&table, label_of(&pb__audit__reading__descriptor, (int)row->reading, number));
		(void)snprintf(number, sizeof number, "%" PRIu64, row->times);
		table_add_c(&table, number);
		(void)snprintf(number, sizeof number, "%" PRIu64, row->amount);
		table_add_c(&table, number);
		(void)snprintf(number, sizeof number, "%" PRIu64, row->budget);
		table_add_c(&table, number);
		table_add_c(&table, row->is_over ? _("yes") : "");
	}
	table_print(&table, stdout, table_terminal_width(stdout));
	table_fini(&table);
}

static enum err take_period(struct app *app, Pb__AuditReads *request)
{
	enum err err = app_profile(app);

	request->has_from_us = request->has_to_us = true;
	request->to_us = app->started.utc_us;
	request->from_us = request->to_us - DAYS_DEFAULT * INT64_C(24) * 3600 * US_PER_S;
	if (err == ERR_OK && app_option(app, OPTION_EARLIEST) != NULL) {
		err = app_time(app, OPTION_EARLIEST, &request->from_us);
	}
	if (err == ERR_OK && app_option(app, OPTION_AWAY_TO) != NULL) {
		err = app_time(app, OPTION_AWAY_TO, &request->to_us);
	}
	return err;
}

static enum err show_reads(struct app *app, bool only_exports)
{
	Pb__AuditReads request = PB__AUDIT_READS__INIT;
	struct client_result *result;
	struct uuid id;
	enum err err = take_period(app, &request);

	if (err == ERR_OK) {
		err = link_resume(app);
	}
	if (err == ERR_OK && app->options.argument_count > 0) {
		err = account_id(app, app->options.arguments[0], &id);
		request.has_account_id = true;
		request.account_id = codec_bytes(span_of(id.bytes, UUID_BYTES));
	}
	if (err != ERR_OK) {
		return err;
	}
	request.has_only_exports = request.only_exports = only_exports;
	result = link_call(app, METHOD_audit_reads, &request.base);
	if (result == NULL) {
		return app->fault.err;
	}
	if (app->is_json) {
		err = print_message(app, result->message);
	} else {
		const Pb__AuditReadsReply *reply = (const void *)result->message;

		print_rows(reply);
		if (reply->has_more) {
			print_note(app, _("there are more: ask for fewer days, or for one person"));
		}
	}
	client_result_free(result);
	return err;
}

enum err command_audit_reads(struct app *app)
{
	return show_reads(app, false);
}

enum err command_audit_exports(struct app *app)
{
	return show_reads(app, true);
}
