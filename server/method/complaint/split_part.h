/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part that is split off a complaint, as if it had been submitted: with the place, people and contact of the one
 * that it comes from.
 */
#pragma once

#include "server/method/complaint/complaint_step.h"
#include "server/method/complaint/submit.h"

/* What it is made of: rows of the complaint it comes from. */
struct split_source {
	const struct complaint_record *record;
	const struct query *row;     /* complaint_get */
	const struct query *contact; /* complaint_contact_get */
	const struct query *around;  /* complaint_split_around */
};

/* In the arena; NULL where it failed. */
struct submit *split_part(struct request *r, const struct split_source *source);
