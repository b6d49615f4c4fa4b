/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a filter must hold beyond field.def.
 */
#include "server/domain/search.h"
#include "server/method/complaint/complaint_number.h"
#include "server/method/complaint/list_filter.h"

#define ENDED_FROM 100 /* numbers of states below are open */

static enum err check_words(struct request *r, struct listing *listing)
{
	const Pb__ComplaintList *in = listing->in;

	if ((in->text != NULL) + (in->phone != NULL) + (in->number != NULL) > 1) {
		return request_refuse(r, ERR_FIELD_INVALID, "text", "only one of text, phone and number");
	}
	listing->words = search_normalise(&r->arena, codec_str(in->text));
	if (in->text != NULL && listing->words.len == 0) {
		return request_refuse(r, ERR_FIELD_INVALID, "text", "characters that can be searched for");
	}
	listing->is_short = search_pairs_of(&r->arena, listing->words).count == 0;
	if (in->phone != NULL && !phone_normalise(codec_str(in->phone), listing->phone)) {
		return request_refuse(
			r, ERR_FIELD_INVALID, "phone", "a telephone number, with its area code");
	}
	if (in->number != NULL &&
		!complaint_number_read(codec_str(in->number), &listing->day, &listing->day_no)) {
		return request_refuse(r, ERR_FIELD_INVALID, "number", "YYYYMMDD-nnnn");
	}
	return ERR_OK;
}

/* Where a way reads all of a time and sorts it, the time is bounded; what is older is walked by its submission. */
static enum err check_period(struct request *r, const struct listing *listing)
{
	const Pb__ComplaintList *in = listing->in;
	int64_t now_us = request_now_us(r);
	int64_t to_us = in->has_to_us && in->to_us < now_us ? in->to_us : now_us;

	if (listing->way == LIST_WAY_ENDED && now_us - in->ended_from_us > LIST_PERIOD_US) {
		return request_refuse(r, ERR_FIELD_RANGE, "ended_from_us",
			"at most 400 days ago; for what is older, from_us and to_us");
	}
	if (listing->way == LIST_WAY_HANDLED &&
		to_us - list_bounds_handled_from(r, in) > LIST_PERIOD_US) {
		return request_refuse(r, ERR_FIELD_RANGE, "from_us", "at most 400 days before to_us");
	}
	return ERR_OK;
}

static enum err check_rest(struct request *r, const struct listing *listing)
{
	const Pb__ComplaintList *in = listing->in;

	for (size_t i = 0; i < in->n_team_ids; i++) {
		if (in->team_ids[i].len != UUID_BYTES) {
			return request_refuse(r, ERR_FIELD_LENGTH, "team_ids", "16 bytes each");
		}
	}
	if (in->has_from_us && in->has_to_us && in->from_us >= in->to_us) {
		return request_refuse(r, ERR_FIELD_INVALID, "to_us", "behind from_us");
	}
	if (listing->is_by_due && listing->way == LIST_WAY_TIME) {
		return request_refuse(r, ERR_FIELD_INVALID, "order",
			"DUE with only_open, due_before_us or another condition that few meet");
	}
	return check_period(r, listing);
}

/* Whoever asks for states that are all open asks for what is open, of which there is little. */
static bool asks_for_open(const Pb__ComplaintList *in)
{
	bool is_open = in->n_states > 0;

	for (size_t i = 0; i < in->n_states; i++) {
		is_open = is_open && (int)in->states[i] < ENDED_FROM;
	}
	return is_open || in->only_open;
}

enum err list_filter_check(struct request *r, const Pb__ComplaintList *in)
{
	struct listing *listing = arena_new(&r->arena, struct listing);
	enum err err;

	r->community_id = uuid_from_span(codec_span(true, in->community_id));
	r->state = listing;
	if (listing == NULL) {
		return ERR_BUSY;
	}
	listing->in = in;
	listing->is_by_due = in->has_order && in->order == PB__COMPLAINT_LIST__ORDER__DUE;
	listing->is_open = asks_for_open(in);
	err = check_words(r, listing);
	if (err == ERR_OK) {
		listing->way = list_way_of(listing);
		err = check_rest(r, listing);
	}
	return err;
}
