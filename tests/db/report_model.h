/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The figures of kpi.def counted once more, slowly: history by history, unit by unit, cell by cell, by walking over the
 * events as the words of kpi.def and docs/report.md say. No SQL, no index, nothing shared with the statement.
 */
#pragma once

#include "server/domain/kpi.h"
#include "tests/db/report_history.h"

#define MODEL_CELLS_MAX 8192
#define MODEL_TEAMS_MAX 4

/* Who asks for what. Numbers 0: none, any. */
struct model_ask {
	int64_t now_us;
	int month_from, month_to; /* 202611; of UTC+8 */
	uint32_t asker;
	bool is_whole, is_director, is_managed;
	uint32_t officer_teams[MODEL_TEAMS_MAX], teams[MODEL_TEAMS_MAX];
	bool by_team, by_person, by_category, by_kind, by_month;
	uint32_t team, account;
	int category_from, category_to, kind;
};

struct model_key {
	int kpi;
	uint32_t team, account;
	int category, kind, subkind, month;
};

struct model_cell {
	struct model_key key;
	struct kpi_count count, team_count;
};

struct model {
	struct model_cell cells[MODEL_CELLS_MAX];
	size_t count;
};

/* Adds what one history counts; the teams' counts beside are there after model_finish. */
void model_add(struct model *model, const struct model_ask *ask, const struct history *history);
void model_finish(struct model *model, const struct model_ask *ask);

/* NULL where there is no such cell. */
const struct model_cell *model_find(const struct model *model, const struct model_key *key);

/* Is it about people? */
bool model_is_personal(const struct model_ask *ask);
