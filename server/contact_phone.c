/* SPDX-License-Identifier: Apache-2.0 */
#include "server/contact_phone.h"

#include "server/server.h"

static void log_faulty(struct server *server, struct uuid complaint_id)
{
	char id[UUID_TEXT_LEN + 1];

	uuid_format(complaint_id, id);
	log_line(&server->log, LOG_ERROR, "contact.sealed", "complaint=%s", id);
}

bool contact_phone_open(struct server *server, struct arena *arena,
	const struct contact_sealed *sealed, struct str *out)
{
	struct seal_place place = {
		sealed->community_id, sealed->complaint_id, "complaint_contact.phone"};
	uint8_t key[SEAL_KEY_BYTES] = {0};
	bool is_open;

	if (sealed->wrapped_key.len == 0 || sealed->phone.len == 0) {
		return false;
	}
	is_open =
		seal_subject_open(&server->seal, arena, sealed->complaint_id, sealed->wrapped_key, key) &&
		seal_text_open(arena, key, &place, sealed->phone, out);
	explicit_bzero(key, sizeof key);
	if (!is_open && !arena->failed) {
		log_faulty(server, sealed->complaint_id);
	}
	return is_open;
}
