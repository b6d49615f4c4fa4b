/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A step's own parameters: complaint_step's, and those that complaint_step_full has behind them.
 */
#include <string.h>

#include "tests/db/command.h"
#include "tests/db/town.h"

#define HOUR (3600 * US_PER_S)
#define MERGED 104
#define PENDING 7
#define MATERIALS_MAX 50

static void add_record(struct query *query, uint32_t n)
{
	query_uuid_or_null(query, n == 0 ? uuid_nil : town_id(TOWN_RECORD, n));
}

static void add_nulls(struct query *query, int count)
{
	for (int i = 0; i < count; i++) {
		query_null(query);
	}
}

static void add_number(struct query *query, int number)
{
	if (number == 0) {
		query_null(query);
	} else {
		query_int2(query, number);
	}
}

static uint32_t or_one(uint32_t n)
{
	return n == 0 ? 1 : n;
}

/* $14–$36 */
static void add_columns(struct query *query, const struct command *command)
{
	bool is_merged = command->to == MERGED;

	query_uuid(query, town_id(TOWN_TEAM, or_one(command->community)));
	query_null(query); /* crew */
	query_uuid_or_null(
		query, command->worker == 0 ? uuid_nil : town_id(TOWN_ACCOUNT, command->worker));
	query_time_or_null(query, command->to_h == 0 ? 0 : TOWN_NOW + command->from_h * HOUR);
	query_time_or_null(query, command->to_h == 0 ? 0 : TOWN_NOW + command->to_h * HOUR);
	add_nulls(query, 3); /* arrived, done, result */
	query_time_or_null(query, command->to >= 100 ? TOWN_NOW : 0);
	add_number(query, command->rating);
	add_number(query, is_merged ? (int)or_one((uint32_t)command->from) : 0);
	add_nulls(query, 2); /* suspended */
	add_record(query, is_merged ? command->master : 0);
	query_null(query); /* accepted */
	query_time_or_null(query, command->to == PENDING ? TOWN_NOW : 0);
	add_nulls(query, 5); /* advice, answer, mode, follow-up */
	add_record(query, command->sign_method == 0 ? command->receipt : 0);
	query_int2(query, 0);
}

static void add_words(struct query *query, const struct command *command)
{
	static const uint8_t salt[32] = {0x5A};

	if (command->words == NULL) {
		add_nulls(query, 3);
		return;
	}
	query_bytes(query, span_of(salt, sizeof salt));
	query_text(query, str_from_c(command->words));
	query_bytes(query, span_of(salt, sizeof salt)); /* for the hash, too */
}

/* $37–$43 */
static void add_event(struct query *query, const struct command *command)
{
	query_int2(query, 1); /* staff */
	add_nulls(query, 2);  /* reason, score */
	add_record(query, command->receipt);
	add_words(query, command);
}

void command_split(struct query *query, const struct command *command)
{
	add_record(query, command->master);
	query_int4(query, command->version);
	query_int2(query, (int)or_one((uint32_t)command->from));
	add_words(query, command);
}

void command_note(struct query *query, const struct command *command)
{
	query_int4(query, command->version);
	query_int2(query, 35); /* CHASE */
	query_int2(query, (int)or_one((uint32_t)command->from));
	query_null(query);
	query_int2(query, 1);
	query_time(query, TOWN_NOW);
	query_int2(query, 1); /* staff */
	query_int2(query, 1);
	query_null(query);
	add_words(query, command);
}

/* $44–$55 */
static void add_codes(struct query *query, const struct command *command)
{
	uint8_t hash[32] = {(uint8_t)command->new_code};

	add_record(query, command->outgoing);
	add_number(query, command->outgoing == 0 ? 0 : 4);
	query_int2(query, 1);
	if (command->outgoing == 0) {
		query_null(query);
	} else {
		query_bytes(query, span_of("sealed", 6));
	}
	add_record(query, command->new_code);
	if (command->new_code == 0) {
		add_nulls(query, 3);
	} else {
		query_int2(query, 1);
		query_bytes(query, span_of(hash, sizeof hash));
		query_time(query, TOWN_NOW + HOUR);
	}
	hash[0] = command->used_hash;
	add_record(query, command->used_code);
	query_bytes(query, span_of(hash, sizeof hash));
	add_record(query, command->slot);
	query_bool(query, command->frees);
}

/* $56–$64; lines of materials count up from one of each. */
static void add_receipt(struct query *query, const struct command *command)
{
	uint8_t hash[64] = {(uint8_t)command->receipt};
	struct str names[MATERIALS_MAX], units[MATERIALS_MAX];
	int64_t quantities[MATERIALS_MAX], prices[MATERIALS_MAX];

	if (command->receipt == 0 || command->sign_method != 0) {
		add_nulls(query, 5);
	} else {
		query_int2(query, RECEIPT_SERVICE);
		query_bytes(query, span_of(hash, 32));
		query_bytes(query, span_of("{}", 2));
		query_text(query, STR("签收单"));
		query_bytes(query, span_of(hash, sizeof hash));
	}
	assert(command->material_count <= MATERIALS_MAX);
	for (size_t i = 0; i < command->material_count; i++) {
		names[i] = STR("水管");
		units[i] = STR("米");
		quantities[i] = (int64_t)i + 1;
		prices[i] = 100 * (int64_t)i;
	}
	query_texts(query, names, command->material_count);
	query_int8s(query, quantities, command->material_count);
	query_texts(query, units, command->material_count);
	query_int8s(query, prices, command->material_count);
}

void command_step(struct query *query, const struct command *command)
{
	int from = (int)or_one((uint32_t)command->from);
	int to = command->to == 0 ? from + 1 : command->to;

	query_int4(query, command->version);
	query_int2(query, command->step == 0 ? from + 1 : command->step);
	query_int2(query, from);
	query_int2(query, to);
	add_columns(query, command);
	add_event(query, command);
	if (command->stmt == STMT_complaint_step) {
		query_null(query); /* the category is as it was */
		return;
	}
	add_codes(query, command);
	add_receipt(query, command);
	add_number(query, command->sign_method);
	query_null(query); /* why it is not signed */
	if (command->master_version == 0) {
		query_null(query);
	} else {
		query_int4(query, command->master_version);
	}
	add_record(query, command->left_master);
	add_number(query, command->orders_max);
	add_record(query, command->proof);
	if (command->proof == 0) {
		query_null(query);
	} else {
		query_int4(query, command->proof_version);
	}
	query_null(query); /* no drawn signature */
}

void command_staff(struct query *query, const struct command *command)
{
	switch (command->stmt) {
	case STMT_absence_add:
		query_uuid(query, town_id(TOWN_ACCOUNT, command->worker));
		query_int2(query, 1);
		query_time(query, TOWN_NOW + command->from_h * HOUR);
		query_time(query, TOWN_NOW + command->to_h * HOUR);
		break;
	case STMT_absence_end:
		query_int4(query, command->version);
		query_time(query, TOWN_NOW + command->to_h * HOUR);
		query_uuid(query, town_id(TOWN_RECORD, command->slot));
		break;
	case STMT_qualification_add:
		query_uuid(query, town_id(TOWN_ACCOUNT, command->worker));
		query_int2(query, 3);
		query_text(query, STR("T6501"));
		query_day(query, 20700);
		query_day(query, 20900);
		break;
	default: /* verify, end */
		query_int4(query, command->version);
		break;
	}
}
