/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/complaint/list_inside.h"

#include <stdio.h>
#include <string.h>

#include "server/domain/search.h"
#include "server/method/complaint/list_filter.h"

#define DIGITS_MAX 6        /* from seven on it may be whom to call, or who it is */
#define LIST_BYTES_MAX 1024 /* of method.def, and of the tables */

void list_inside_begin(struct request *r, struct list_inside *inside)
{
	assert(inside->list != NULL);
	inside->outer_message = r->message;
	inside->outer_state = r->state;
	r->message = &inside->list->base;
	r->state = inside->state;
}

void list_inside_end(struct request *r, struct list_inside *inside)
{
	inside->state = r->state;
	r->message = inside->outer_message;
	r->state = inside->outer_state;
}

/* "text" becomes "list.text". */
static enum err refuse_inside(struct request *r, enum err err)
{
	struct codec_fault inner = r->fault;

	r->fault.err = err;
	(void)snprintf(
		r->fault.field, sizeof r->fault.field, "list.%.*s", CODEC_PATH_MAX - 6, inner.field);
	return err;
}

/* Full-width digits count as what they stand for. */
static bool is_telling(struct request *r, struct str text)
{
	struct str words = search_normalise(&r->arena, text);
	size_t digits = 0;

	for (size_t i = 0; i < words.len; i++) { /* the body's length bounds it */
		digits += words.ptr[i] >= '0' && words.ptr[i] <= '9' ? 1 : 0;
	}
	return digits > DIGITS_MAX;
}

static enum err check_personal(struct request *r, const Pb__ComplaintList *list)
{
	if (list->phone != NULL) {
		return request_refuse(
			r, ERR_FIELD_INVALID, "list.phone", "no telephone in a filter that is kept");
	}
	if (list->text != NULL && is_telling(r, codec_str(list->text))) {
		return request_refuse(
			r, ERR_FIELD_INVALID, "list.text", "words with at most 6 digits: it is kept");
	}
	return ERR_OK;
}

enum err list_inside_keep(struct request *r, struct list_inside *inside, struct span *out_bytes)
{
	struct uuid community_id = r->community_id;
	Pb__ComplaintList *list = inside->list;
	struct span bytes;
	enum err err;

	list->has_limit = list->has_cursor = list->has_with_anchors = false;
	if (!uuid_equal(uuid_from_span(codec_span(true, list->community_id)), community_id)) {
		return request_refuse(
			r, ERR_FIELD_INVALID, "list.community_id", "the community of the request");
	}
	err = check_personal(r, list);
	if (err != ERR_OK) {
		return err;
	}
	list_inside_begin(r, inside);
	err = list_filter_check(r, list);
	list_inside_end(r, inside);
	if (err != ERR_OK) {
		return err == ERR_BUSY ? err : refuse_inside(r, err);
	}
	bytes = codec_encode(&list->base, &r->arena);
	if (bytes.len > LIST_BYTES_MAX) {
		return request_refuse(r, ERR_FIELD_LENGTH, "list", "0..1024 bytes");
	}
	*out_bytes = bytes;
	return r->arena.failed ? ERR_BUSY : ERR_OK;
}

Pb__ComplaintList *list_inside_kept(struct arena *arena, struct span bytes)
{
	struct codec_fault fault;

	return (void *)codec_decode(&pb__complaint_list__descriptor, bytes, arena, &fault);
}
