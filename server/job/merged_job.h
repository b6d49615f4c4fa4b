/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The job that tells the owners of merged complaints what became of their master: answered, closed or decided.
 * The notice of it is committed with the step; here it becomes one message an owner, in their language, each once,
 * a portion at a time. There may be as many as a burst main leaves without water.
 */
#pragma once

#include "server/job/portion_job.h"

extern const struct portion_kind merged_portion;
