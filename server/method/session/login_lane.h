/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a login's failures are counted: by account and lane, and by source for all accounts together.
 * The lane is a device that the account has used before, else the source address; so nobody is locked
 * out by a stranger elsewhere, and a device of one's own does not suffer from its neighbours.
 */
#pragma once

#include "server/request.h"

struct login_source {
	struct uuid device_id;
	const char *peer; /* address, as text */
};

/*
 * What stands for the account of a login that nobody has: its failures are counted like any other's, so
 * the answers do not tell which logins exist.
 */
struct uuid login_nobody(struct str login);

/* The queries, in this order: login_delays and login_known_device. */
void login_lane_load(struct request *r, struct str login, const struct login_source *source);

/* "device <id>" or "source <address>", in the arena. */
struct str login_lane(
	struct request *r, const struct query *known_device, const struct login_source *source);

/* When the next try is allowed, UTC; 0: now. */
int64_t login_lane_delayed_until_us(struct request *r, const struct query *delays,
	const struct query *known_device, const struct login_source *source);
