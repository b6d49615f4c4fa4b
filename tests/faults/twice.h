/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One step of a walk, with one key, asked more than once: on two connections at the same time, or again where nobody
 * knows whether it was done. It has one effect, and whoever is answered is told the same.
 */
#pragma once

#include "tests/live/walk.h"

/* In this order, the second before the first has been answered. False where one of them was told something else. */
bool twice_ask(
	struct live_client *first, struct live_client *second, const struct walk *walk) must_check;

/* Sends it, and does not wait; the call's id. */
uint64_t twice_send(struct live_client *client, const struct walk *walk);
/* An answer to it, owned: "not now" is one too, and then it is asked again with the same bytes. */
struct client_result *twice_settle(
	struct live_client *client, const struct walk *walk, struct client_result *result);
