/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom a visit is given to: a crew, or a person of the complaint's team or of that crew, and that person's
 * time. For book, dispatch, reassign; the last two send somebody, and so also ask for what the work needs
 * (visit.def) and how many orders the person has.
 */
#pragma once

#include "server/method/complaint/complaint_step.h"

/* In check: what the message names; nil where it names none. */
void complaint_worker_ask(struct request *r, struct uuid crew_id, struct uuid worker_id);

/*
 * In load, behind complaint_step_load, as the step's first own queries. The person must be free in the
 * window asked for, or, if somebody is sent, in the one that is booked.
 */
void complaint_worker_load(struct request *r, bool sends);

/*
 * In apply, with the window set: takes over crew and person, and the person's slot where it is not kept yet.
 *
 *   returns  ERR_OK
 *            SLOT_TAKEN     their time is another's, or they are away
 *            FIELD_INVALID  there is no such crew, or that person may not be sent
 *            UNQUALIFIED    nobody who is sent holds what the work needs, in all of the window
 *            ORDERS_FULL    the person has as many orders as one may have; each with its field
 */
enum err complaint_worker_take(struct request *r);

/* --- complaint_worker_limit.c, for complaint_worker.c --- */

/* Columns of busy_others. */
enum { BUSY_IS_TAKEN, BUSY_IS_AWAY, BUSY_ORDERS, BUSY_ORDERS_MAX };

/* What the work needs, held by somebody who is sent: the effect is guarded by it. */
enum err complaint_worker_proof(struct request *r, const struct query *proofs);

/* It is one of their orders: the effect takes a number. */
enum err complaint_worker_orders(struct request *r, const struct query *busy);
