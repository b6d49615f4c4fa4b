/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/record_source.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/i18n.h"
#include "client/admin/link.h"

#define PAGE_ENTRIES 1000
#define SEAL_BYTES_MAX ((size_t)4 * 1024 * 1024)

/* --- seals --- */

static enum err fetch_seals(struct record_source *source)
{
	Pb__AuditSeals request = PB__AUDIT_SEALS__INIT;
	const Pb__AuditSealsReply *reply;

	request.has_after = true;
	request.after = source->seal_after;
	client_result_free(source->seal_page);
	source->seal_page = link_call(source->app, METHOD_audit_seals, &request.base);
	source->seal_at = 0;
	if (source->seal_page == NULL) {
		return source->app->fault.err;
	}
	reply = (const void *)source->seal_page->message;
	if (reply->public_key != NULL && !source->has_pem) {
		source->has_pem = true;
		(void)snprintf(source->pem, sizeof source->pem, "%s", reply->public_key);
	}
	return ERR_OK;
}

static enum err next_seal_of_server(struct record_source *source)
{
	const Pb__AuditSealsReply *reply = (const void *)source->seal_page->message;
	enum err err;

	if (source->seal_at == reply->n_lines && reply->has_more) {
		err = fetch_seals(source);
		if (err != ERR_OK) {
			return err;
		}
		reply = (const void *)source->seal_page->message;
	}
	source->has_seal = source->seal_at < reply->n_lines;
	if (!source->has_seal) {
		return ERR_OK;
	}
	source->seal_line = str_from_c(reply->lines[source->seal_at++]);
	arena_fini(&source->seal_arena);
	source->is_seal_broken =
		!record_seal_parse(source->seal_line, &source->seal_arena, &source->seal);
	if (!source->is_seal_broken) {
		source->seal_after = source->seal.number;
	}
	return ERR_OK;
}

enum err record_source_next_seal(struct record_source *source)
{
	if (!source->is_file) {
		return next_seal_of_server(source);
	}
	if (source->has_seal) {
		record_seals_next(&source->seals);
	}
	source->has_seal = source->seals.has_seal;
	source->seal = source->seals.seal;
	source->seal_line = source->seals.text;
	return ERR_OK;
}

/* --- entries --- */

static enum err fetch_entries(struct record_source *source)
{
	struct client_result *page;

	if (source->entry_page != NULL) { /* the cursor lies in it until the next has come */
		const Pb__AuditReadReply *reply = (const void *)source->entry_page->message;

		source->request.has_cursor = true;
		source->request.cursor = reply->cursor;
	}
	page = link_call(source->app, METHOD_audit_read, &source->request.base);
	client_result_free(source->entry_page);
	source->entry_page = page;
	source->entry_at = 0;
	return page == NULL ? source->app->fault.err : ERR_OK;
}

/* Do the words fit their hash? By our own reckoning where we have them, else by the server's word. */
static bool are_words_changed(const Pb__AuditEntry *entry)
{
	struct record_entry parts;
	uint8_t hash[SHA256_BYTES];
	struct span both[2] = {
		codec_span(entry->has_salt, entry->salt), span_from_str(str_from_c(entry->body))};

	if (!entry->has_salt) {
		return entry->has_words && entry->words == PB__AUDIT__WORDS__CHANGED;
	}
	sha256_parts(both, COUNT(both), hash);
	return !record_decode(codec_span(true, entry->entry), &parts) ||
	       !span_equal(parts.values[RECORD_COLUMN_text_hash], span_of(hash, sizeof hash));
}

static enum err next_entry_of_server(struct record_source *source)
{
	const Pb__AuditReadReply *reply = (const void *)source->entry_page->message;
	const Pb__AuditEntry *entry;

	if (source->entry_at == reply->n_entries && reply->has_cursor) {
		enum err err = fetch_entries(source);

		if (err != ERR_OK) {
			return err;
		}
		reply = (const void *)source->entry_page->message;
	}
	source->has_entry = source->entry_at < reply->n_entries;
	if (!source->has_entry) {
		return ERR_OK;
	}
	entry = reply->entries[source->entry_at++];
	source->place = (struct record_place){entry->era, entry->xid, entry->seq};
	source->entry = codec_span(entry->has_entry, entry->entry);
	source->are_words_changed = are_words_changed(entry);
	source->is_impossible =
		reply->has_xid_end && entry->era == reply->era_now && entry->xid >= reply->xid_end;
	source->are_words_erased = entry->has_words && entry->words == PB__AUDIT__WORDS__ERASED;
	return ERR_OK;
}

static enum err next_entry_of_file(struct record_source *source)
{
	if (source->has_entry) {
		record_entries_next(&source->entries);
	}
	if (source->entries.is_broken) {
		return fault_set(&source->app->fault, ERR_RECORD_BROKEN, _("line %zu is no entry"),
			source->entries.line_no);
	}
	source->has_entry = source->entries.has_entry;
	source->place = source->entries.place;
	source->entry = source->entries.entry;
	return ERR_OK;
}

enum err record_source_next_entry(struct record_source *source)
{
	return source->is_file ? next_entry_of_file(source) : next_entry_of_server(source);
}

/* --- both --- */

enum err record_source_server(
	struct record_source *source, struct app *app, const Pb__AuditRead *request, int64_t seal_after)
{
	enum err err = link_resume(app);

	*source = (struct record_source){.app = app, .request = *request, .seal_after = seal_after};
	source->request.has_limit = true;
	source->request.limit = PAGE_ENTRIES;
	arena_init(&source->seal_arena, SEAL_BYTES_MAX);
	if (err == ERR_OK) {
		err = fetch_seals(source);
	}
	return err == ERR_OK ? record_source_next_seal(source) : err;
}

enum err record_source_begin(struct record_source *source)
{
	enum err err = source->is_file ? ERR_OK : fetch_entries(source);

	return err == ERR_OK ? record_source_next_entry(source) : err;
}

enum err record_source_file(
	struct record_source *source, struct app *app, const char *entries, const char *seals)
{
	int failed;

	*source = (struct record_source){.app = app, .is_file = true};
	arena_init(&source->seal_arena, SEAL_BYTES_MAX);
	failed = record_seals_open(&source->seals, seals);
	if (failed != 0) {
		return fault_set(&app->fault, ERR_INPUT, "%s: %s", seals, strerror(failed));
	}
	failed = record_entries_open(&source->entries, entries);
	if (failed != 0) {
		return fault_set(&app->fault, ERR_INPUT, "%s: %s", entries, strerror(failed));
	}
	return record_source_next_seal(source);
}

void record_source_close(struct record_source *source)
{
	client_result_free(source->entry_page);
	client_result_free(source->seal_page);
	source->entry_page = source->seal_page = NULL;
	arena_fini(&source->seal_arena);
	if (source->is_file) {
		record_seals_close(&source->seals);
		record_entries_close(&source->entries);
	}
}
