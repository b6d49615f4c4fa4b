/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificate and key that the server shows, as the TLS context that connections are made from. All loops have the
 * same one (loops.h), so that who comes back to another of them is still known: the first makes it, the others take it.
 */
#pragma once

#include <stdbool.h>

struct config_fault;
struct server;

/* In server_init, when it has its number. False with *out_fault where files do not do. */
bool identity_open(struct server *server, struct config_fault *out_fault);

/* By the first: reads the files anew, for all; what does not do is said, and the old one kept. */
void identity_renew(struct server *server);
/* By the others: what the first has made last. */
void identity_take(struct server *server);

/* By the first: once a day, and at the start, a certificate near its end is said aloud; one of ours is made anew. */
void identity_mind(struct server *server);
