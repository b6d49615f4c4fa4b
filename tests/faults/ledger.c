/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faults/ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"

#define RECORDS_MAX (1024 * 1024)

static const char *const kind_names[] = {"call", "answer", "push", "reload", "kill"};

void ledger_init(struct ledger *ledger)
{
	*ledger = (struct ledger){0};
	id_map_init(&ledger->by_id, RECORDS_MAX);
}

void ledger_fini(struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->record_count; i++) {
		free(ledger->records[i]);
	}
	free(ledger->records);
	free(ledger->lines);
	id_map_fini(&ledger->by_id);
	*ledger = (struct ledger){0};
}

/* Room for one more. */
static void *grow(void *items, size_t item_bytes, size_t count, size_t *room)
{
	if (count < *room) {
		return items;
	}
	*room = size_max(256, 2 * *room);
	items = realloc(items, *room * item_bytes);
	assert(items != NULL);
	return items;
}

/* The random half of a version 7 id. */
static uint64_t number_of(struct uuid id)
{
	uint64_t number;

	memcpy(&number, id.bytes + UUID_BYTES - sizeof(number), sizeof(number));
	return number;
}

struct ledger_record *ledger_add(struct ledger *ledger, struct uuid complaint_id)
{
	struct ledger_record *record = calloc(1, sizeof(*record));
	bool is_new;

	assert(record != NULL);
	ledger->records = grow(ledger->records, sizeof(struct ledger_record *), ledger->record_count,
		&ledger->record_room);
	record->index = ledger->record_count;
	record->complaint_id = complaint_id;
	record->round = ledger->round;
	ledger->records[ledger->record_count++] = record;
	is_new = id_map_put(&ledger->by_id, number_of(complaint_id), record);
	assert(is_new);
	(void)is_new;
	return record;
}

struct ledger_record *ledger_find(const struct ledger *ledger, struct uuid complaint_id)
{
	struct ledger_record *record = id_map_get(&ledger->by_id, number_of(complaint_id));

	return record != NULL && uuid_equal(record->complaint_id, complaint_id) ? record : NULL;
}

void ledger_acknowledge(
	struct ledger *ledger, struct ledger_record *record, const struct ledger_step *step)
{
	assert(record->step_count < LEDGER_STEPS_MAX);
	record->steps[record->step_count++] = *step;
	record->round = ledger->round;
	ledger->acknowledged++;
}

void ledger_note(struct ledger *ledger, const struct ledger_line *line)
{
	ledger->lines =
		grow(ledger->lines, sizeof(*ledger->lines), ledger->line_count, &ledger->line_room);
	ledger->lines[ledger->line_count] = *line;
	ledger->lines[ledger->line_count++].at_us = clock_now().mono_us;
}

static void write_line(FILE *file, const struct ledger_line *line, int64_t first_us)
{
	char key[UUID_TEXT_LEN + 1];

	(void)fprintf(file, "%.6f %s %zu %s", (double)(line->at_us - first_us) / US_PER_S,
		kind_names[line->kind], line->who, line->what);
	if (line->record != NULL) {
		uuid_format(line->record->complaint_id, key);
		(void)fprintf(file, " complaint %s slot %zu journey %llu version %u", key,
			line->record->slot, (unsigned long long)line->record->ordinal, line->version);
	}
	if (line->kind == LEDGER_CALL || line->kind == LEDGER_ANSWER) {
		uuid_format(line->key, key);
		(void)fprintf(file, " key %s", key);
	}
	if (line->kind == LEDGER_CALL && line->plan.fault != PROXY_PASS) {
		(void)fprintf(file, " with %s %u %u", proxy_fault_names[line->plan.fault], line->plan.bytes,
			line->plan.pause_ms);
	}
	if (line->kind == LEDGER_ANSWER) {
		(void)fprintf(file, " %s%s", err_name(line->err), line->is_repeat ? " again" : "");
	}
	(void)fputc('\n', file);
}

bool ledger_write(const struct ledger *ledger, const char *path)
{
	FILE *file = fopen(path, "we");

	if (file == NULL) {
		return false;
	}
	for (size_t i = 0; i < ledger->line_count; i++) {
		write_line(file, &ledger->lines[i], ledger->lines[0].at_us);
	}
	return fclose(file) == 0;
}
