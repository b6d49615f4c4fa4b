/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of the stage: the people and what they work on. On the stage's thread alone.
 */
#pragma once

#include "tests/faults/stage.h"

void stage_lock(struct stage *stage);
void stage_unlock(struct stage *stage);

/* Everybody gets a port; nobody has come yet. */
void stage_play_begin(struct stage *stage);

/* Connections, and what is due to be asked. */
void stage_play_turn(struct stage *stage, enum stage_mode mode, int64_t now_us);

/* Nothing that was asked is without its acknowledgement. */
bool stage_play_is_quiet(const struct stage *stage);
/* Says what is. */
void stage_play_complain(struct stage *stage);
