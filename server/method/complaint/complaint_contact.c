/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/complaint/complaint_contact.h"

#include <string.h>

#include "server/domain/phone.h"
#include "server/server.h"

/* Columns of complaint_contact_get. */
enum { COLUMN_WRAPPED_KEY, COLUMN_NAME, COLUMN_PHONE };

enum { REPORTER_PROTECTED = 2 }; /* Complaint.Reporter */

static struct seal_place place_of(
	const struct request *r, struct uuid complaint_id, const char *column)
{
	return (struct seal_place){r->community_id, complaint_id, column};
}

void complaint_contact_seal(struct request *r, struct uuid complaint_id,
	const struct complaint_contact *contact, struct complaint_contact_sealed *out)
{
	struct seal_place name = place_of(r, complaint_id, "complaint_contact.name");
	struct seal_place phone = place_of(r, complaint_id, "complaint_contact.phone");
	uint8_t key[SEAL_KEY_BYTES] = {0};
	uint8_t *index;

	*out = (struct complaint_contact_sealed){{NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}};
	if (contact->name.len == 0 && contact->phone.len == 0) {
		return;
	}
	out->wrapped_key = seal_subject_new(&r->server->seal, &r->arena, complaint_id, key);
	if (contact->name.len > 0) {
		out->name = seal_text(&r->arena, key, &name, contact->name);
	}
	if (contact->phone.len > 0) {
		out->phone = seal_text(&r->arena, key, &phone, contact->phone);
		index = arena_alloc(&r->arena, SEAL_HASH_BYTES);
		if (index != NULL) {
			seal_phone_index(&r->server->seal, contact->phone, index);
			out->phone_index = span_of(index, SEAL_HASH_BYTES);
		}
	}
	explicit_bzero(key, sizeof key);
}

static bool open_column(struct request *r, const struct query *query, int column,
	const uint8_t key[SEAL_KEY_BYTES], const struct seal_place *place, struct str *out)
{
	*out = (struct str){NULL, 0};
	return row_is_null(query, 0, column) ||
	       seal_text_open(&r->arena, key, place, row_bytes(query, 0, column), out);
}

bool complaint_contact_open(struct request *r, const struct query *query, struct uuid complaint_id,
	struct complaint_contact *out)
{
	struct seal_place name = place_of(r, complaint_id, "complaint_contact.name");
	struct seal_place phone = place_of(r, complaint_id, "complaint_contact.phone");
	struct complaint_contact contact;
	uint8_t key[SEAL_KEY_BYTES] = {0};
	char id[UUID_TEXT_LEN + 1];
	char trace[UUID_TEXT_LEN + 1];
	bool opened;

	if (query_rows(query) == 0) {
		return false;
	}
	r->arena.is_secret = true;
	opened = seal_subject_open(&r->server->seal, &r->arena, complaint_id,
				 row_bytes(query, 0, COLUMN_WRAPPED_KEY), key) &&
	         open_column(r, query, COLUMN_NAME, key, &name, &contact.name) &&
	         open_column(r, query, COLUMN_PHONE, key, &phone, &contact.phone);
	explicit_bzero(key, sizeof key);
	if (r->arena.failed) {
		return false;
	}
	if (!opened) {
		uuid_format(complaint_id, id);
		log_line(&r->server->log, LOG_ERROR, "contact.sealed", "complaint=%s trace=%s", id,
			request_trace(r, trace));
		return false;
	}
	*out = contact;
	return true;
}

role_set complaint_contact_protected_roles(void)
{
	return ROLE_BIT(ROLE_CUSTOMER_SERVICE) | ROLE_BIT(ROLE_MANAGER) | ROLE_BIT(ROLE_DIRECTOR);
}

enum sight { SIGHT_NONE, SIGHT_MASKED, SIGHT_WHOLE };

static enum sight sight_of(
	const struct complaint_record *record, const struct complaint_relation *relation)
{
	role_set team = ROLE_BIT(ROLE_LEADER) | ROLE_BIT(ROLE_OFFICER);

	if ((relation->sees & complaint_contact_protected_roles()) != 0) {
		return SIGHT_WHOLE;
	}
	if (record->reporter == REPORTER_PROTECTED) {
		return SIGHT_NONE;
	}
	if ((relation->sees & team) != 0) {
		return SIGHT_WHOLE;
	}
	return relation->is_worker && complaint_is_open(record->state) ? SIGHT_MASKED : SIGHT_NONE;
}

Pb__Contact *complaint_contact_message(struct request *r, const struct query *contact,
	const struct complaint_record *record, const struct complaint_relation *relation)
{
	enum sight sight = sight_of(record, relation);
	struct complaint_contact found;
	char masked[PHONE_BYTES];
	Pb__Contact *out;

	if (sight == SIGHT_NONE || !complaint_contact_open(r, contact, record->complaint_id, &found)) {
		return NULL;
	}
	out = arena_new(&r->arena, Pb__Contact);
	if (out == NULL) {
		return NULL;
	}
	pb__contact__init(out);
	out->name = found.name.len == 0 ? NULL : arena_c_string(&r->arena, found.name);
	out->has_is_masked = true;
	out->is_masked = sight == SIGHT_MASKED;
	if (found.phone.len > 0 && out->is_masked) {
		phone_mask(found.phone, masked);
		found.phone = str_from_c(masked);
	}
	out->phone = found.phone.len == 0 ? NULL : arena_c_string(&r->arena, found.phone);
	return out;
}
