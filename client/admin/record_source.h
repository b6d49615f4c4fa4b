/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a record comes from that is verified or exported: a server's answers, page by page, or the files of an export. A
 * seal and an entry are at hand until the next is asked for.
 */
#pragma once

#include "audit.pb-c.h"
#include "client/admin/record_file.h"
#include "common/err.h"

struct app;
struct client_result;

struct record_source {
	struct app *app;
	bool is_file;

	/* Of a server. */
	Pb__AuditRead request;
	struct client_result *entry_page;
	struct client_result *seal_page;
	size_t entry_at, seal_at;
	int64_t seal_after;
	bool has_pem;
	char pem[512]; /* the server's word for its key */

	/* Of an export. */
	struct record_seals seals;
	struct record_entries entries;

	/* At hand. */
	bool has_seal;
	bool is_seal_broken; /* a line that is no seal stands there */
	struct record_seal seal;
	struct str seal_line;
	struct arena seal_arena;
	bool has_entry;
	struct record_place place;
	struct span entry;
	bool are_words_changed;
	bool are_words_erased;
	bool is_impossible; /* of a transaction that has not begun: no server wrote it */
};

/*
 * From the server: of the seals behind `seal_after`, the entries that request asks for (purpose and range are set; it
 * is copied). Connects. The first seal and entry are at hand.
 */
enum err record_source_server(struct record_source *source, struct app *app,
	const Pb__AuditRead *request, int64_t seal_after) must_check;
/* From an export and its seals. */
enum err record_source_file(struct record_source *source, struct app *app, const char *entries,
	const char *seals) must_check;
void record_source_close(struct record_source *source);

/* On to the next; at the end there is none at hand. */
enum err record_source_next_seal(struct record_source *source) must_check;
enum err record_source_next_entry(struct record_source *source) must_check;
/* Only now is the server asked for entries, which is recorded. */
enum err record_source_begin(struct record_source *source) must_check;
