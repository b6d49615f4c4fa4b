/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Password hashes: Argon2id, and the bounded queue before the threads that compute them. At most
 * hash_running_max at a time, hash_waiting_max behind them, then BUSY: a flood of logins may not take
 * the machine. Source: RFC 9106; OWASP password storage.
 */
#pragma once

#include "common/arena.h"
#include "common/span.h"

struct request;
struct server;

bool hash_has_room(const struct server *server);
/* It will be started in its turn, through request_start_work. */
void hash_queue(struct server *server, struct request *r);
/* One has ended: the next begins. */
void hash_ended(struct server *server);

/* request.c */
void request_start_work(struct request *r);

/* A PHC string in the arena; empty where memory or entropy is missing. For threads. */
struct str hash_password(struct arena *arena, struct str password, uint32_t kib);
/*
 * Is this the password of the PHC string? Takes as long for a string that nobody has. Without memory to
 * find out the arena fails: that is no wrong password. For threads.
 */
bool hash_verify(struct arena *arena, struct str phc, struct str password);
/* A PHC string of these parameters that no password fits: unknown accounts cost the same time. */
struct str hash_of_nobody(struct arena *arena, uint32_t kib);
/* Was it made with other parameters than we use now? */
bool hash_is_old(struct str phc, uint32_t kib);
