/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The telephone of a complaint's contact, opened by the server itself, for a message that nobody asked for
 * at this moment. Who may see it on a screen is complaint_contact.h's to say.
 */
#pragma once

#include "common/arena.h"
#include "common/span.h"
#include "common/uuid.h"

struct server;

/* Columns of complaint_contact, as they were read. */
struct contact_sealed {
	struct uuid community_id;
	struct uuid complaint_id;
	struct span wrapped_key; /* empty: nobody is known */
	struct span phone;       /* empty: no telephone is */
};

/*
 * False where nobody can be written to: there is no telephone, or it does not open (another key or row: logged), or
 * the arena failed (see its flag). *out is E.164, in the arena, which should be a secret one.
 */
bool contact_phone_open(struct server *server, struct arena *arena,
	const struct contact_sealed *sealed, struct str *out) must_check;
