/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of the record: seals a line each, as the server's file and an export's .seals have them; entries of an export, a
 * line each, CSV with a heading or JSON. Read line by line: they may be of any length.
 */
#pragma once

#include <stdio.h>

#include "common/record_seal.h"

/* A file of seals; the last line may have been cut short, and come again behind. */
struct record_seals {
	FILE *file;
	char *line; /* of getline */
	size_t line_max;
	struct arena arena;      /* of the seal at hand */
	struct record_seal seal; /* with has_seal */
	struct str text;         /* its line, borrowed of `line` */
	bool has_seal;
};

/* Returns an errno, 0 for success; then the first seal is at hand. */
int record_seals_open(struct record_seals *seals, const char *path) must_check;
void record_seals_close(struct record_seals *seals);
/* The next one, where there is one: has_seal. Lines that are no seal are passed over. */
void record_seals_next(struct record_seals *seals);

/* Entries of an export. */
struct record_entries {
	FILE *file;
	char *line;
	size_t line_max;
	size_t line_no;
	bool is_csv;
	struct arena arena; /* of the entry at hand */
	struct record_place place;
	struct span entry; /* with has_entry */
	bool has_entry;
	bool is_broken; /* the line at hand is no entry */
};

/* By the file's name: .csv is CSV, anything else is JSON lines. */
bool record_is_csv(const char *path);

int record_entries_open(struct record_entries *entries, const char *path) must_check;
void record_entries_close(struct record_entries *entries);
void record_entries_next(struct record_entries *entries);

/* An entry as a line, with its line feed; empty where the arena failed. */
struct str record_line(struct arena *arena, const struct record_place *place,
	const struct record_entry *entry, bool is_csv);
/* The first line of CSV. */
struct str record_heading(struct arena *arena);
