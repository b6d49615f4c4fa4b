/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom a visit is given to: a crew, or a person of the complaint's team or of that crew, and that person's
 * time. For book and dispatch.
 */
#pragma once

#include "server/method/complaint/complaint_step.h"

/* In check: what the message names; nil where it names none. */
void complaint_worker_ask(struct request *r, struct uuid crew_id, struct uuid worker_id);

/*
 * In load, behind complaint_step_load, as the step's first own queries. The person must be free in the
 * window asked for, or, if it prefers that, in the one that is booked.
 */
void complaint_worker_load(struct request *r, bool prefers_own_window);

/*
 * In apply, with the window set: takes over crew and person, and the person's slot where it is not kept yet.
 * SLOT_TAKEN where their time is another's; FIELD_INVALID, with the field, where there is no such crew, or
 * that person may not be sent.
 */
enum err complaint_worker_take(struct request *r);
