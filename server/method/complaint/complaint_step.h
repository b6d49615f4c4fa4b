/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all steps of a complaint have in common: which one, from which version; is it theirs; does the
 * table allow it; one guarded statement. A method's file says what is special about its step.
 */
#pragma once

#include "common/span.h"
#include "server/domain/complaint.h"
#include "server/request.h"

/* Lives in request.state. What stays nil, 0 or empty leaves the record's column as it is. */
struct complaint_step_state {
	struct uuid complaint_id;
	uint32_t version;
	enum complaint_step step;
	unsigned given; /* NEEDS_* that came and were found good */
	const struct complaint_move *move;
	struct uuid crew_id;
	int64_t window_from_us;
	int64_t window_to_us;
	bool is_arrival;
	bool is_work_done;
	bool is_end;
	int rating;
	struct str result;
	struct str words; /* for the timeline, erasable */
};

/* In check: the step's target, from the message's first three fields. NULL where memory is out. */
struct complaint_step_state *complaint_step_begin(struct request *r,
	ProtobufCBinaryData community_id, ProtobufCBinaryData complaint_id, uint32_t version,
	enum complaint_step step);

struct complaint_step_state *complaint_step_of(const struct request *r);

/* For the method's row: loads the complaint; NOT_FOUND where nothing of theirs reaches it; decides. */
void complaint_step_load(struct request *r);
enum err complaint_step_may(struct request *r);
enum err complaint_step_decide(struct request *r);

/* The query whose one row is the complaint, after complaint_step_load. */
const struct query *complaint_step_row(const struct request *r);
