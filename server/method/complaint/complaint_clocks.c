/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/complaint/complaint_clocks.h"

#include "server/domain/clock.h"
#include "server/method/row_message.h"

/* Of complaint_clock_get. */
enum {
	COLUMN_FROM,
	COLUMN_DUE,
	COLUMN_MET,
	COLUMN_PROVISIONAL,
	COLUMN_PAUSED_FROM,
	COLUMN_PAUSED_TO,
	COLUMN_PAUSED,
	COLUMN_RUNNING_DUE,
	COLUMN_RUNNING
};

static void read_card(const struct query *row, struct clock_card *card)
{
	int64_t from_us[CLOCK_COUNT] = {0}, due_us[CLOCK_COUNT] = {0}, met_us[CLOCK_COUNT] = {0};

	(void)row_times(row, 0, COLUMN_FROM, from_us, CLOCK_COUNT);
	(void)row_times(row, 0, COLUMN_DUE, due_us, CLOCK_COUNT);
	(void)row_times(row, 0, COLUMN_MET, met_us, CLOCK_COUNT);
	*card = (struct clock_card){.provisional = (uint32_t)row_int8(row, 0, COLUMN_PROVISIONAL),
		.paused_from_us = row_time(row, 0, COLUMN_PAUSED_FROM),
		.paused_to_us = row_time(row, 0, COLUMN_PAUSED_TO),
		.paused_us = row_int8(row, 0, COLUMN_PAUSED)};
	for (size_t i = 0; i < CLOCK_COUNT; i++) {
		card->clocks[i] = (struct clock){from_us[i], due_us[i], met_us[i]};
	}
}

static Pb__Clock *message_of(
	struct request *r, const struct clock_card *card, enum clock_number number)
{
	const struct clock *clock = &card->clocks[number - 1];
	Pb__Clock *out = arena_new(&r->arena, Pb__Clock);
	int64_t due_us = clock_due_us(card, number);

	if (out == NULL) {
		return NULL;
	}
	pb__clock__init(out);
	out->has_number = out->has_from_us = out->has_is_late = out->has_is_provisional = true;
	out->number = (Pb__Clock__Number)number;
	out->from_us = clock->from_us;
	out->has_due_us = due_us != INT64_MAX;
	out->due_us = due_us;
	out->has_met_us = clock->met_us != 0;
	out->met_us = clock->met_us;
	out->is_late = clock_is_late(card, number, request_now_us(r));
	out->is_provisional = (card->provisional >> (number - 1) & 1) != 0;
	return out;
}

void complaint_clocks_set(struct request *r, const struct query *row, Pb__Complaint *out)
{
	struct row_source from = {&r->arena, row, 0};
	struct clock_card card;

	if (query_rows(row) == 0) {
		return;
	}
	read_card(row, &card);
	row_set_time(&from, COLUMN_RUNNING_DUE, &out->has_due_us, &out->due_us);
	out->has_due_clock = out->has_due_us;
	out->due_clock = (Pb__Clock__Number)row_int2(row, 0, COLUMN_RUNNING);
	out->clocks = arena_alloc(&r->arena, CLOCK_COUNT * sizeof *out->clocks);
	for (int number = 1; out->clocks != NULL && number <= CLOCK_COUNT; number++) {
		if (card.clocks[number - 1].from_us != 0) {
			out->clocks[out->n_clocks++] = message_of(r, &card, (enum clock_number)number);
		}
	}
	if (r->arena.failed) {
		out->n_clocks = 0;
	}
}
