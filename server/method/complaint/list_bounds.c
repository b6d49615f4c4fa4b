/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From where to where a list's key is looked at.
 */
#include <string.h>

#include "server/method/complaint/list_filter.h"

void list_filter_position(struct request *r)
{
	struct listing *listing = r->state;
	const Pb__ComplaintList *in = listing->in;

	if (in->has_cursor) {
		listing->has_position =
			list_cursor_read(r, codec_span(true, in->cursor), &listing->position);
		listing->is_cursor_bad = !listing->has_position;
	}
}

bool list_filter_is_up(const struct listing *listing)
{
	return listing->is_by_due != (listing->has_position && listing->position.is_back);
}

/*
 * All there is but what the cursor leaves behind. A time of submission is a bound as well where that is the key: an
 * index is walked from there, and no further.
 */
struct list_bounds list_bounds_of(const struct listing *listing, bool has_cursor)
{
	const Pb__ComplaintList *in = listing->in;
	bool is_key = !listing->is_by_due && !in->has_handled_by_id;
	struct list_bounds out = {.upper.at_us = INT64_MAX};

	memset(out.upper.complaint_id.bytes, 0xff, UUID_BYTES);
	if (is_key && in->has_to_us) {
		out.upper = (struct list_position){.at_us = in->to_us};
	}
	if (is_key && in->has_from_us && in->from_us > 0) {
		out.lower.at_us = in->from_us - 1;
		memset(out.lower.complaint_id.bytes, 0xff, UUID_BYTES);
	}
	if (has_cursor && list_filter_is_up(listing)) {
		out.lower = listing->position;
	} else if (has_cursor) {
		out.upper = listing->position;
	}
	return out;
}

int64_t list_bounds_handled_from(const struct request *r, const Pb__ComplaintList *in)
{
	int64_t now_us = request_now_us(r);
	int64_t to_us = in->has_to_us && in->to_us < now_us ? in->to_us : now_us;

	if (in->has_from_us) {
		return in->from_us;
	}
	return to_us > LIST_PERIOD_US ? to_us - LIST_PERIOD_US : 0;
}
