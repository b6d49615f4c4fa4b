/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/complaint.h"

#define HOUR_US (INT64_C(3600) * 1000000)

const struct complaint_move complaint_moves[] = {
#define HOLDS(role) ROLE_BIT(ROLE_##role)
#define MOVE(from, step, to, roles, needs) \
	{COMPLAINT_##from, COMPLAINT_STEP_##step, COMPLAINT_##to, roles, needs},
#include "server/domain/complaint.def"
#undef MOVE
#undef HOLDS
};
const size_t complaint_move_count = COUNT(complaint_moves);

const enum complaint_state complaint_states[] = {
#define STATE(number, name) COMPLAINT_##name,
#include "server/domain/complaint.def"
#undef STATE
};
static_assert(COUNT(complaint_states) == COMPLAINT_STATE_COUNT, "a row per state");

const enum complaint_step complaint_steps[] = {
#define STEP(number, name) COMPLAINT_STEP_##name,
#include "server/domain/complaint.def"
#undef STEP
};
static_assert(COUNT(complaint_steps) == COMPLAINT_STEP_COUNT, "a row per step");

const char *complaint_state_name(int state)
{
	switch (state) {
#define STATE(number, name) \
	case number: \
		return #name;
#include "server/domain/complaint.def"
#undef STATE
	}
	return NULL;
}

const char *complaint_step_name(int step)
{
	switch (step) {
#define STEP(number, name) \
	case number: \
		return #name;
#include "server/domain/complaint.def"
#undef STEP
	}
	return NULL;
}

bool complaint_is_open(enum complaint_state state)
{
	return state < 100;
}

const struct complaint_move *complaint_move(enum complaint_state from, enum complaint_step step)
{
	for (size_t i = 0; i < complaint_move_count; i++) {
		if (complaint_moves[i].from == from && complaint_moves[i].step == step) {
			return &complaint_moves[i];
		}
	}
	return NULL;
}

enum err complaint_decide(const struct complaint_ask *ask, const struct complaint_move **out_move)
{
	const struct complaint_move *move = complaint_move(ask->state, ask->step);

	if (ask->reach == 0) {
		return ERR_NOT_FOUND;
	}
	if (ask->version != ask->version_expected) {
		return ERR_CONFLICT;
	}
	if (move == NULL) {
		return ERR_STEP_REFUSED;
	}
	if ((move->roles & ask->reach) == 0) {
		return ERR_DENIED;
	}
	if ((move->needs & ~ask->given) != 0) {
		return ERR_FIELD_INVALID;
	}
	*out_move = move;
	return ERR_OK;
}

bool complaint_window_is_good(int64_t from_us, int64_t to_us, int64_t now_us)
{
	return from_us < to_us && to_us - from_us <= 24 * HOUR_US && to_us > now_us &&
	       from_us - now_us <= 366 * 24 * HOUR_US;
}
