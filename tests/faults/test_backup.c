/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the drill: people work, a backup is taken meanwhile, they go on, the server is killed, and what
 * the backup holds is restored elsewhere and served. Whatever was acknowledged before the backup began is
 * there, once, and in order; positions and sessions of before are not taken for those of now; the server
 * that was backed up never noticed.
 */
#include "tests/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "complaint.pb-c.h"
#include "server.pb-c.h"
#include "tests/faults/crowd.h"
#include "tests/faults/database_check.h"
#include "tests/faults/store.h"

#define WALKS 6

static void on_violation(void *user, const char *what, const char *detail)
{
	printf("# %s: %s\n", what, detail);
	++*(size_t *)user;
}

/* The same bytes with the same key until they are answered for good, as people's clients do it. */
static struct client_result *ask_until_known(
	struct live_client *client, const struct client_ask *ask)
{
	int64_t until_us = live_until(LIVE_WAIT_MS);
	struct client_result *result = NULL;

	do {
		client_result_free(result);
		result = NULL;
		if (client->is_open || live_client_again(client) == ERR_OK) {
			result = client_loop_call(&client->loop, ask);
		}
		if (result == NULL || result->err == ERR_CONNECT) {
			live_client_close(client);
		}
	} while ((result == NULL || err_row(result->err)->retry == ERR_RETRY_SAME) &&
			 live_left_ms(until_us) > 0);
	if (result == NULL || result->err != ERR_OK) {
		printf("# %s: %s\n", ask->method->name, result == NULL ? "none" : err_name(result->err));
	}
	return result;
}

static struct client_result *read_until_known(
	struct live_client *client, enum method method, const ProtobufCMessage *request)
{
	struct client_ask ask = {.method = &method_rows[method], .request = request};

	return ask_until_known(client, &ask);
}

/* Where a watcher would begin. */
static uint64_t era_now(struct live_client *client, const struct live_site *site)
{
	Pb__WatchOpen in = PB__WATCH_OPEN__INIT;
	struct client_result *result;
	uint64_t era = 0;

	in.topic = (char *)(uintptr_t) "complaint";
	in.has_community_id = true;
	in.community_id = live_bytes(&site->community_id);
	result = read_until_known(client, METHOD_watch_open, &in.base);
	if (result != NULL && result->err == ERR_OK) {
		era = ((const Pb__WatchOpenReply *)(const void *)result->message)->position->era;
	}
	client_result_free(result);
	return era;
}

/* So many steps of each, acknowledged one by one. */
static void take_steps(struct live_client *client, struct walk walks[WALKS], unsigned steps)
{
	for (size_t i = 0; i < WALKS; i++) {
		for (unsigned step = 0; step < steps; step++) {
			struct client_ask ask = walk_ask(&walks[i]);
			struct client_result *result = ask_until_known(client, &ask);

			CHECK(result != NULL && result->err == ERR_OK);
			client_result_free(result);
			(void)walk_on(&walks[i]);
		}
	}
}

static uint32_t version_of(struct live_client *client, const struct walk *walk)
{
	Pb__ComplaintGet in = PB__COMPLAINT_GET__INIT;
	struct client_result *result;
	uint32_t version = 0;

	in.has_community_id = in.has_complaint_id = true;
	in.community_id = live_bytes(&walk->site->community_id);
	in.complaint_id = live_bytes(&walk->complaint_id);
	result = read_until_known(client, METHOD_complaint_get, &in.base);
	if (result != NULL && result->err == ERR_OK) {
		version =
			((const Pb__ComplaintGetReply *)(const void *)result->message)->complaint->version;
	}
	client_result_free(result);
	return version;
}

/* What has a token from before is asked to log in. */
static void check_session_ended(struct live_client *client, struct live_server *restored)
{
	struct live_client old = *client;

	old.server = restored;
	old.loop = (struct client_loop){.is_open = false};
	old.is_open = false;
	CHECK(live_client_again(&old) != ERR_OK);
	live_client_close(&old);
}

/* Each walk is where it was when the backup began, and can go on. */
static void check_restored(struct live_server *restored, struct live_client *before,
	struct walk walks[WALKS], unsigned acknowledged, uint64_t era)
{
	struct live_client client = {.is_open = false};
	size_t violations = 0;
	struct database_check check = {on_violation, &violations};
	PGconn *pg;

	CHECK(live_server_start(restored));
	if (check_failed()) {
		return;
	}
	check_session_ended(before, restored);
	live_client_begin(&client, restored, "steady");
	CHECK(era_now(&client, walks[0].site) > era);
	for (size_t i = 0; i < WALKS; i++) {
		CHECK_INT_EQ(version_of(&client, &walks[i]), acknowledged);
	}
	pg = pg_connect(restored->super);
	database_check_rows(&check, pg);
	CHECK_INT_EQ(violations, 0);
	CHECK_STR_EQ(pg_run(pg, "SELECT count(*) FROM event WHERE topic = 18 AND step = 2"), "1");
	CHECK_STR_EQ(pg_run(pg, "SELECT count(*) FROM event WHERE topic = 18 AND step = 1"), "0");
	CHECK_STR_EQ(pg_run(pg, "SELECT timeline_id FROM pg_control_checkpoint()"), "2");
	PQfinish(pg);
	/* It serves: what was done after the backup is done again, under the keys that it was done by. */
	take_steps(&client, walks, 1);
	for (size_t i = 0; i < WALKS; i++) {
		CHECK_INT_EQ(version_of(&client, &walks[i]), acknowledged + 1);
	}
	live_client_close(&client);
	CHECK_INT_EQ(live_server_stop(restored), 0);
	CHECK(live_server_is_sound(restored));
}

/* An earlier try, of which a kill left half a cluster, and then a server's, which made keys and refused to start. */
static void leave_cut_off(const struct store *store)
{
	char command[9 * LIVE_PATH_MAX];

	(void)snprintf(command, sizeof(command),
		"install -d -m 700 -o %u '%s' '%s/restoring' '%s/restoring/pg' '%s/keys' &&"
		" touch '%s/guanjiad.lock' '%s/restoring/pg/PG_VERSION' &&"
		" install -m 400 -o %u /dev/null '%s/keys/server.key'",
		(unsigned)geteuid(), store->data, store->data, store->data, store->data, store->data,
		store->data, (unsigned)geteuid(), store->data);
	CHECK_INT_EQ(system(command), 0);
}

static void test_drill(void)
{
	static struct live_told told;
	static struct live_server server;
	static struct live_server restored;
	static struct crowd crowd;
	static struct walk walks[WALKS];
	static struct walk lost[WALKS]; /* as they were when the backup was taken */
	struct live_client client = {.is_open = false};
	struct live_client admin;
	struct live_account account;
	struct store store;
	const char *sets[] = {told.set, "postgres_fsync=0", NULL};
	const char *const silent[] = {"outgoing=none", "postgres_fsync=0", NULL};
	uint64_t era;

	store_begin(&store);
	live_told_begin(&told);
	live_server_init(&server, sets);
	CHECK(live_server_start(&server));
	crowd_begin(&crowd, &server, &told, 3);
	live_client_begin(&admin, &server, LIVE_ADMIN);
	live_account_make(&admin, &crowd.site, "steady", LIVE_WALKER, &account);
	live_client_close(&admin);
	live_client_begin(&client, &server, "steady");
	for (size_t i = 0; i < WALKS; i++) {
		walk_begin(&walks[i], &crowd.site);
	}
	take_steps(&client, walks, 3);
	era = era_now(&client, &crowd.site);
	CHECK(era > 0);
	CHECK(crowd_await(&crowd, 50));
	CHECK_INT_EQ(store_back_up(&server, &store, NULL), 0);
	CHECK(store_said(&store, "recorded=1"));
	CHECK(crowd_await(&crowd, 50));
	memcpy(lost, walks, sizeof(lost));
	take_steps(&client, walks, 1); /* acknowledged, and not in the backup */
	crowd_set_up(&crowd, false);
	live_server_kill(&server);
	leave_cut_off(&store);
	CHECK_INT_EQ(store_restore(&server, &store, server.dir), 0);
	CHECK(store_said(&store, "keys=kept"));
	CHECK(strstr(store.said, "indexes=0\n") == NULL);
	live_server_adopt(&restored, store.data, silent);
	check_restored(&restored, &client, lost, 3, era);
	live_client_close(&client);
	/* And the one that was backed up has lost nothing by it. */
	CHECK(live_server_start(&server));
	crowd_set_up(&crowd, true);
	crowd.other_complaints = WALKS;
	crowd.other_steps = WALKS * walks[0].done_count;
	crowd_end(&crowd);
	printf("# acknowledged %zu, %zu calls lost\n", crowd.acknowledged, crowd.lost);
	CHECK_INT_EQ(crowd.violations, 0);
	CHECK_INT_EQ(live_server_stop(&server), 0);
	CHECK(live_server_is_sound(&server));
	crowd_fini(&crowd);
	live_server_fini(&restored);
	live_server_fini(&server);
}

static const struct test tests[] = {
	{"drill", test_drill},
};

int main(void)
{
	live_begin();
	return check_main(tests, COUNT(tests));
}
