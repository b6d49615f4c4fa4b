/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Somebody who is told what happens and must miss nothing: opens a watch over the community, then loads the whole
 * list, and from then on knows each complaint's version by what is pushed alone. A version that skips one is a
 * push missed. A server that says so (is_resync) makes it load anew, and so does a connection that ends; but every
 * second of them opens its watch where the last one ended, and loads only where the server tells it to.
 */
#pragma once

#include "tests/faults/caller.h"
#include "tests/faults/cast.h"
#include "tests/faults/ledger.h"

#define WATCHER_CURSOR_BYTES 128

/* Seen while the list is being loaded. */
struct watcher_early {
	size_t index; /* of the ledger's record */
	uint32_t version;
};

struct watcher {
	struct caller caller; /* its owner fills it; number, hooks are ours */
	struct ledger *ledger;
	const struct cast *cast;
	void (*on_violation)(void *user, const char *what, const char *detail);
	void *user;

	uint32_t *versions; /* by the ledger's index; 0: unknown; owned */
	size_t version_room;
	struct watcher_early *early; /* owned */
	size_t early_count;
	size_t early_room;
	uint64_t watch_id; /* 0: none is open */
	uint64_t list_id;  /* the page that is awaited; 0: none */
	uint8_t cursor[WATCHER_CURSOR_BYTES];
	size_t cursor_bytes; /* 0: the first page is next */
	bool is_asked;       /* the watch or a page is awaited */
	bool is_loaded;
	struct {
		uint64_t era, xid; /* era 0: none came */
		int64_t seq;
	} position; /* of the last push */
	size_t push_count;
	size_t reload_count;
	size_t resume_count;
};

/* After its owner has filled the first fields; number is whose ledger lines are. */
void watcher_begin(struct watcher *watcher, size_t number);
void watcher_fini(struct watcher *watcher);

/* Once a turn of the loop. */
void watcher_turn(struct watcher *watcher, int64_t now_us);

/* It knows each complaint as it was acknowledged, when nothing is on its way. */
bool watcher_agrees(const struct watcher *watcher);

/* Says where it does not. */
void watcher_complain(struct watcher *watcher);
