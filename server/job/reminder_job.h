/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The job that reminds owners who do not answer (server/domain/reminder.h): a message in their language, and
 * the event REMIND, once. An owner without a telephone is not reminded; their time goes on all the same, and in
 * the end a person decides.
 */
#pragma once

#include "server/job/portion_job.h"

extern const struct portion_kind reminder_portion;
