/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small writes nobody waits for: that a session was used, and throwing out what is over. One that fails
 * is done again next time.
 */
#pragma once

struct principal;
struct server;

/* Notes that the session is in use; in the database once a minute, more often where silence is short. */
void chore_touch(struct server *server, struct principal *principal);

/*
 * Every minute: looks for collective complaints; sessions, login failures, applied keys, one-time codes, messages to
 * owners and files that are
 * over, a portion of each.
 */
void chore_tidy(struct server *server);
