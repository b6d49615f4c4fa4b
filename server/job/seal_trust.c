/* SPDX-License-Identifier: Apache-2.0 */
#include "server/job/seal_trust.h"

#include "server/db/record_row.h"

/* Of seal_end, behind the ten of record_row_seal. */
enum { END_FIRST_XID = 10, END_FIRST_SEQ, END_LAST_XID, END_LAST_SEQ, END_BEFORE };

void seal_end_read(const struct query *query, struct seal_end *out)
{
	*out = (struct seal_end){.before = row_raw(query, 0, END_BEFORE)};
	out->is_seal = record_row_seal(query, 0, &out->seal);
	out->first = (struct record_place){
		out->seal.era, row_xid(query, 0, END_FIRST_XID), row_int8(query, 0, END_FIRST_SEQ)};
	out->last = (struct record_place){
		out->seal.era, row_xid(query, 0, END_LAST_XID), row_int8(query, 0, END_LAST_SEQ)};
}

enum record_fault seal_trust(
	const struct record_seal *seal, const struct record_keys *keys, struct arena *arena)
{
	if (!record_seal_is_whole(seal, arena)) {
		return RECORD_SEAL_CHANGED;
	}
	switch (record_seal_signed(seal, arena, keys)) {
	case RECORD_SIGNED:
		return RECORD_WHOLE;
	case RECORD_KEY_UNKNOWN:
		return RECORD_SEAL_STRANGE;
	case RECORD_NOT_SIGNED:
		return RECORD_SEAL_FORGED;
	}
	unreachable();
}

static bool is_same_place(struct record_place a, struct record_place b)
{
	return record_place_compare(&a, &b) == 0;
}

enum record_fault seal_trust_end(
	const struct seal_end *end, const struct record_keys *keys, struct arena *arena)
{
	static const uint8_t none[SHA256_BYTES];
	const struct record_seal *seal = &end->seal;
	enum record_fault fault;

	if (!end->is_seal || !is_same_place(end->first, record_seal_first(seal)) ||
		!is_same_place(end->last, record_seal_last(seal))) {
		return RECORD_SEAL_CHANGED;
	}
	fault = seal_trust(seal, keys, arena);
	if (fault != RECORD_WHOLE) {
		return fault;
	}
	if (seal->number == 1) {
		return memcmp(seal->previous, none, SHA256_BYTES) == 0 ? RECORD_WHOLE
		                                                       : RECORD_SEAL_UNCHAINED;
	}
	if (end->before.ptr == NULL) {
		return RECORD_SEAL_REMOVED;
	}
	return span_equal(end->before, span_of(seal->previous, SHA256_BYTES)) ? RECORD_WHOLE
	                                                                      : RECORD_SEAL_UNCHAINED;
}
