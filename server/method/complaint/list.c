/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.list: newest first, or what runs out first, a page at a time, of what the person's grants reach in one
 * community; the area stands in the statement's WHERE. On demand also where each hundredth row of it stands.
 */
#include "server/method/complaint/complaint_message.h"
#include "server/method/complaint/list_filter.h"
#include "server/method/complaint/list_sum.h"
#include "server/method/cursor.h"
#include "server/request.h"

enum { QUERY_PAGE, QUERY_SUM };

static const Pb__ComplaintList *message_of(const struct request *r)
{
	return (const Pb__ComplaintList *)r->message;
}

static size_t limit_of(const Pb__ComplaintList *in)
{
	return in->has_limit ? in->limit : LIST_LIMIT_DEFAULT;
}

static enum err check(struct request *r)
{
	return list_filter_check(r, message_of(r));
}

static void load(struct request *r)
{
	/* One more than asked for tells whether there is another page. */
	struct list_ask page = {.row_max = (int32_t)limit_of(message_of(r)) + 1};

	if (!list_begin(r)) {
		return;
	}
	list_filter_position(r);
	list_query(r, &page);
	if (message_of(r)->with_anchors) {
		list_query(r, &(struct list_ask){
						  .is_sum = true, .with_anchors = true, .row_max = LIST_ANCHOR_MAX + 1});
	}
}

static bool is_back(const struct listing *listing)
{
	return listing->has_position && listing->position.is_back;
}

static void set_cursor(
	struct request *r, const struct list_position *position, Pb__ComplaintListReply *out)
{
	struct span cursor = list_cursor_make(r, cursor_filter(r), position);

	if (position->is_back) {
		out->cursor_back = codec_bytes(cursor);
		out->has_cursor_back = cursor.len > 0;
	} else {
		out->cursor = codec_bytes(cursor);
		out->has_cursor = cursor.len > 0;
	}
}

static void set_cursor_at(struct request *r, size_t row, bool back, Pb__ComplaintListReply *out)
{
	const struct listing *listing = r->state;
	struct list_position position =
		list_position_at(&r->queries[QUERY_PAGE], row, listing->is_by_due);

	position.is_back = back;
	set_cursor(r, &position, out);
}

/*
 * Behind the page there is more where a row too many came, and before it where a cursor led here; the other way round
 * for a page that was gone back to, whose rows came with the last first.
 */
static void add_cursors(struct request *r, Pb__ComplaintListReply *out)
{
	const struct listing *listing = r->state;
	bool has_more = query_rows(&r->queries[QUERY_PAGE]) > out->n_complaints;
	size_t furthest = out->n_complaints - 1;

	if (has_more) {
		set_cursor_at(r, furthest, is_back(listing), out);
	}
	if (listing->has_position) {
		set_cursor_at(r, 0, !is_back(listing), out);
	}
}

/* Nothing is left where the cursor leads: from where it stands, that row with it, it goes the other way. */
static void add_way_back(struct request *r, Pb__ComplaintListReply *out)
{
	const struct listing *listing = r->state;
	struct list_position position = listing->position;

	if (!listing->has_position) {
		return;
	}
	position.is_back = !position.is_back;
	if (list_filter_is_up(listing)) {
		list_position_raise(&position);
	} else {
		list_position_lower(&position);
	}
	set_cursor(r, &position, out);
}

static enum err decide(struct request *r)
{
	const struct listing *listing = r->state;
	const struct query *rows = &r->queries[QUERY_PAGE];
	Pb__ComplaintListReply *out = request_reply(r);

	if (out == NULL) {
		return ERR_BUSY;
	}
	out->n_complaints = list_page_rows(rows, limit_of(message_of(r)));
	out->complaints =
		arena_alloc(&r->arena, size_max(out->n_complaints, 1) * sizeof *out->complaints);
	for (size_t i = 0; out->complaints != NULL && i < out->n_complaints; i++) {
		size_t row = is_back(listing) ? out->n_complaints - 1 - i : i; /* nearest came first */

		out->complaints[i] = complaint_message(&r->arena, rows, row);
	}
	if (out->n_complaints > 0) {
		add_cursors(r, out);
	} else {
		add_way_back(r, out);
	}
	if (message_of(r)->with_anchors) {
		list_sum_anchors(r, &r->queries[QUERY_SUM], out);
	}
	return ERR_OK;
}

const struct method_impl impl_complaint_list = {
	.check = check,
	.load = load,
	.may = list_may,
	.decide = decide,
};
