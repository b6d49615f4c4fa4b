/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faults/store.h"

#include <stdio.h>
#include <string.h>

#include "tests/server/scratch.h"

void store_begin(struct store *store)
{
	char place[SCRATCH_PATH_MAX];

	scratch_dir(place);
	*store = (struct store){.said = ""};
	(void)snprintf(store->target, LIVE_PATH_MAX, "%s/backups", place);
	(void)snprintf(store->data, LIVE_PATH_MAX, "%s/restored", place);
}

/* A value that the last command printed; "" where there is none. */
static const char *value_of(const struct store *store, const char *name, char out[LIVE_PATH_MAX])
{
	char begin[64];
	const char *at;

	(void)snprintf(begin, sizeof(begin), "%s=", name);
	at = strstr(store->said, begin);
	(void)snprintf(
		out, LIVE_PATH_MAX, "%.*s", at == NULL ? 0 : (int)strcspn(at, "\n"), at == NULL ? "" : at);
	return at == NULL ? out : out + strlen(begin);
}

int store_back_up(const struct live_server *server, struct store *store, const char *keep)
{
	const char *const arguments[] = {
		"backup", store->target, "--data", server->dir, keep == NULL ? NULL : "--keep", keep, NULL};
	char path[LIVE_PATH_MAX];
	int code = live_server_run(server, arguments, store->said, STORE_SAID_MAX);

	if (code == 0) {
		(void)snprintf(store->backup, LIVE_PATH_MAX, "%s", value_of(store, "backup", path));
	}
	return code;
}

int store_restore(const struct live_server *server, struct store *store, const char *keys)
{
	const char *const arguments[] = {"restore", store->backup, "--data", store->data,
		keys == NULL ? NULL : "--keys", keys, NULL};

	return live_server_run(server, arguments, store->said, STORE_SAID_MAX);
}

int store_check(const struct live_server *server, struct store *store)
{
	const char *const arguments[] = {"restore", store->backup, NULL};

	return live_server_run(server, arguments, store->said, STORE_SAID_MAX);
}

bool store_said(const struct store *store, const char *words)
{
	bool is_there = strstr(store->said, words) != NULL;

	if (!is_there) {
		printf("# no '%s' in: %s\n", words, store->said);
	}
	return is_there;
}
