/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that what is no backup, or does not belong together, is refused by name with nothing left behind;
 * that what was erased after a backup stays erased; and that a backup which cannot be taken, because of a
 * place, another one, or a full disk, leaves neither a trace nor a server in trouble.
 */
#include "tests/check.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/backup_mark.h"
#include "server/db/migrate.h"
#include "tests/faults/desk.h"
#include "tests/faults/store.h"
#include "tests/faults/volume.h"
#include "tests/server/pg.h"
#include "tests/server/scratch.h"

/* ---- what is no backup ---------------------------------------------------------------------- */

/* Of a file of the backup: with one byte changed, cut in half, absent. */
enum harm { HARM_FLIP, HARM_CUT, HARM_LOSE };

struct harmed {
	char path[LIVE_PATH_MAX + 64];
	char aside[LIVE_PATH_MAX + 72];
};

static void do_harm(struct harmed *harmed, enum harm harm)
{
	char command[3 * LIVE_PATH_MAX];
	struct stat stat_of;
	uint8_t byte = 0;
	int fd;

	(void)snprintf(harmed->aside, sizeof(harmed->aside), "%s.aside", harmed->path);
	(void)snprintf(command, sizeof(command), "cp -p '%s' '%s'", harmed->path, harmed->aside);
	CHECK_INT_EQ(system(command), 0);
	if (harm == HARM_LOSE) {
		CHECK_INT_EQ(unlink(harmed->path), 0);
		return;
	}
	fd = open(harmed->path, O_RDWR | O_CLOEXEC);
	CHECK(fd >= 0 && fstat(fd, &stat_of) == 0);
	if (harm == HARM_CUT) {
		CHECK_INT_EQ(ftruncate(fd, stat_of.st_size / 2), 0);
	} else {
		CHECK_INT_EQ(pread(fd, &byte, 1, stat_of.st_size / 2), 1);
		byte ^= 1;
		CHECK_INT_EQ(pwrite(fd, &byte, 1, stat_of.st_size / 2), 1);
	}
	(void)close(fd);
}

static void check_broken_backups_are_refused_by_name(
	struct live_server *server, struct store *store)
{
	static const struct {
		const char *file;
		enum harm harm;
		const char *words; /* NULL: the file's name */
	} cases[] = {
		{"BACKUP", HARM_FLIP, "is cut or was changed"},
		{"BACKUP", HARM_CUT, "is cut or was changed"},
		{"BACKUP", HARM_LOSE, "is no backup that was finished"},
		{"guanjia.conf", HARM_FLIP, NULL},
		{"pg/backup_manifest", HARM_FLIP, NULL},
		{"pg/backup_manifest", HARM_CUT, NULL},
		{"pg/backup_manifest", HARM_LOSE, NULL},
		{"pg/PG_VERSION", HARM_LOSE, "PG_VERSION"},
		{"pg/global/pg_control", HARM_FLIP, "pg_control"},
		{"pg/base/1/1259", HARM_CUT, "base/1/1259"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct harmed harmed;

		(void)snprintf(harmed.path, sizeof(harmed.path), "%s/%s", store->backup, cases[i].file);
		do_harm(&harmed, cases[i].harm);
		/* err.def: BACKUP */
		CHECK_INT_EQ(store_check(server, store), err_row(ERR_BACKUP)->exit_code);
		CHECK(store_said(store, cases[i].words == NULL ? cases[i].file : cases[i].words));
		CHECK_INT_EQ(rename(harmed.aside, harmed.path), 0);
	}
	CHECK_INT_EQ(store_check(server, store), 0);
}

/* A backup that says something else of itself. */
static void pretend(const struct store *store, const struct backup_mark *mark)
{
	CHECK(backup_mark_write(mark, store->backup));
}

static void check_what_does_not_belong_together_is_refused(
	struct live_server *server, struct store *store)
{
	struct backup_fault fault;
	struct backup_mark mark;
	struct backup_mark other;
	char keys[LIVE_PATH_MAX];
	char command[5 * LIVE_PATH_MAX];

	CHECK_INT_EQ(backup_mark_read(&mark, store->backup, &fault), ERR_OK);
	CHECK_INT_EQ(store_restore(server, store, NULL), 64);
	CHECK(store_said(store, "--keys DIR is needed"));
	CHECK_INT_EQ(store_restore(server, store, store->target), 66); /* no keys there */
	CHECK(store_said(store, "keys/server.key"));

	other = mark;
	other.schema = migration_count + 1;
	(void)snprintf(other.version, sizeof(other.version), "9.9.9");
	pretend(store, &other);
	CHECK_INT_EQ(store_restore(server, store, server->dir), 78);
	CHECK(store_said(store, "restore it with guanjiad 9.9.9 or newer"));
	other = mark;
	other.postgres = 14;
	pretend(store, &other);
	CHECK_INT_EQ(store_restore(server, store, server->dir), 78);
	CHECK(store_said(store, "the backup is of PostgreSQL 14"));
	pretend(store, &mark);

	(void)snprintf(keys, sizeof(keys), "%.280s.keys", store->data);
	(void)snprintf(command, sizeof(command),
		"mkdir -p '%s/keys' && head -c 32 /dev/zero >'%s/keys/server.key'", keys, keys);
	CHECK_INT_EQ(system(command), 0);
	CHECK_INT_EQ(store_restore(server, store, keys), 78);
	CHECK(store_said(store, "these keys are not those"));

	/* Nothing of all that has left anything: but what is in use, or another's, is not touched. */
	(void)snprintf(
		command, sizeof(command), "test -z \"$(ls '%s' | grep -v guanjiad.lock)\"", store->data);
	CHECK_INT_EQ(system(command), 0);
	(void)snprintf(command, sizeof(command), "touch '%s/mine'", store->data);
	CHECK_INT_EQ(system(command), 0);
	CHECK_INT_EQ(store_restore(server, store, server->dir), 74);
	CHECK(store_said(store, "is not empty"));
	(void)snprintf(command, sizeof(command), "rm '%s/mine'", store->data);
	CHECK_INT_EQ(system(command), 0);
}

/* What was erased after the backup is erased again before anybody is served, or nothing is restored. */
static void check_what_was_erased_stays_erased(struct live_server *server, struct store *store,
	const struct live_site *site, const struct uuid *complaint_id)
{
	struct live_server restored;
	char community[UUID_TEXT_LEN + 1];
	char complaint[UUID_TEXT_LEN + 1];
	char keys[LIVE_PATH_MAX];
	char list[LIVE_PATH_MAX + 32];
	char command[5 * LIVE_PATH_MAX];
	char line[256];
	PGconn *pg;

	uuid_format(site->community_id, community);
	uuid_format(*complaint_id, complaint);
	(void)snprintf(keys, sizeof(keys), "%.280s.copy", store->data);
	(void)snprintf(list, sizeof(list), "%s/keys/erased.list", keys);
	(void)snprintf(command, sizeof(command), "mkdir '%s' && cp -a '%s/keys' '%s/tls' '%s'", keys,
		server->dir, server->dir, keys);
	CHECK_INT_EQ(system(command), 0);
	(void)snprintf(
		line, sizeof(line), "contact %s %s\nhousehold %s\n", community, complaint, community);
	scratch_write(list, line);
	CHECK_INT_EQ(store_restore(server, store, keys), 78);
	CHECK(store_said(store, "keys/erased.list line 2"));
	(void)snprintf(
		command, sizeof(command), "test -e '%s/restoring' -o -e '%s/pg'", store->data, store->data);
	CHECK(system(command) != 0);
	(void)snprintf(line, sizeof(line), "# by hand\ncontact %s %s\n", community, complaint);
	scratch_write(list, line);
	CHECK_INT_EQ(store_restore(server, store, keys), 0);
	CHECK(store_said(store, "erased=1"));
	live_server_adopt(&restored, store->data, (const char *const[]){"postgres_fsync=0", NULL});
	CHECK(live_server_start(&restored));
	pg = pg_connect(restored.super);
	CHECK_STR_EQ(pg_run(pg, "SELECT count(*) FROM complaint_contact"), "0");
	PQfinish(pg);
	CHECK_INT_EQ(live_server_stop(&restored), 0);
	/* A restore that was killed: no server takes what there is for its data. */
	(void)snprintf(command, sizeof(command), "mkdir '%s/restoring'", store->data);
	CHECK_INT_EQ(system(command), 0);
	CHECK(!live_server_start(&restored));
	CHECK_INT_EQ(restored.exit_code, 78);
	live_server_fini(&restored);
}

/* A complaint with a contact; its id. */
static struct uuid submit_with_contact(struct live_client *client, const struct live_site *site)
{
	static struct walk walk;
	struct walk_manner manner = {.phone = "+8613900001234"};
	struct client_result *result;
	struct client_ask ask;

	walk_begin_in(&walk, site, &manner);
	ask = walk_ask(&walk);
	result = client_loop_call(&client->loop, &ask);
	assert(result != NULL && result->err == ERR_OK);
	client_result_free(result);
	return walk.complaint_id;
}

static void test_what_is_no_backup_is_refused(void)
{
	static const char *const sets[] = {"postgres_fsync=0", "outgoing=none", NULL};
	static struct desk desk;
	struct uuid complaint_id;
	struct store store;

	store_begin(&store);
	desk_begin(&desk, sets);
	complaint_id = submit_with_contact(&desk.honest, &desk.site);
	live_server_configure(&desk.server, "idle_ms = 60000\n");
	CHECK_INT_EQ(store_back_up(&desk.server, &store, NULL), 0);
	if (!check_failed()) {
		check_broken_backups_are_refused_by_name(&desk.server, &store);
		check_what_does_not_belong_together_is_refused(&desk.server, &store);
		check_what_was_erased_stays_erased(&desk.server, &store, &desk.site, &complaint_id);
	}
	CHECK(desk_end(&desk));
}

/* ---- what cannot be taken ------------------------------------------------------------------- */

static size_t count_in(const char *folder, const char *pattern)
{
	char command[2 * LIVE_PATH_MAX];
	size_t count = 0;
	FILE *list;

	(void)snprintf(command, sizeof(command), "ls -d '%s'/%s 2>/dev/null | wc -l", folder, pattern);
	list = popen(command, "re");
	assert(list != NULL);
	if (fscanf(list, "%zu", &count) != 1) {
		count = SIZE_MAX;
	}
	(void)pclose(list);
	return count;
}

/* A whole one under that name, but of another history: as a restore of the backup takes them, or an older guanjiad. */
static void put_mark(
	const struct store *store, const char *name, uint64_t era_more, uint64_t timeline_more)
{
	char path[2 * LIVE_PATH_MAX];
	struct backup_fault fault;
	struct backup_mark mark;

	CHECK_INT_EQ(backup_mark_read(&mark, store->backup, &fault), ERR_OK);
	CHECK(mark.era != 0);
	mark.era = era_more == UINT64_MAX ? 0 : mark.era + era_more;
	mark.timeline += timeline_more;
	(void)snprintf(path, sizeof(path), "%s/%s", store->target, name);
	CHECK_INT_EQ(mkdir(path, 0700), 0);
	CHECK(backup_mark_write(&mark, path));
}

static void test_what_cannot_be_taken_leaves_nothing(void)
{
	static const char *const sets[] = {"postgres_fsync=0", "outgoing=none", NULL};
	static struct desk desk;
	struct store store;
	struct store inside;
	char path[3 * LIVE_PATH_MAX];
	int fd;

	store_begin(&store);
	desk_begin(&desk, sets);
	inside = store;
	(void)snprintf(inside.target, LIVE_PATH_MAX, "%.290s/backups", desk.server.dir);
	CHECK_INT_EQ(store_back_up(&desk.server, &inside, NULL), 78);
	CHECK(store_said(&inside, "beside the keys"));
	CHECK(access(inside.target, F_OK) != 0); /* nor was the folder made */

	/* One that was cut is swept away, an older one goes where one is to stay, one of another cluster stays. */
	CHECK_INT_EQ(store_back_up(&desk.server, &store, NULL), 0);
	put_mark(&store, "20200104T000000Z", 1, 0);          /* a restore's */
	put_mark(&store, "20200105T000000Z", UINT64_MAX, 1); /* … by an older guanjiad */
	put_mark(&store, "20200106T000000Z", UINT64_MAX, 0); /* ours, by that */
	put_mark(&store, "20200107T000000Z", 0, 1);          /* ours, of before a standby took over */
	(void)snprintf(path, sizeof(path), "%s/20200101T000000Z", store.target);
	CHECK_INT_EQ(rename(store.backup, path), 0);
	(void)snprintf(path, sizeof(path),
		"mkdir -p '%s/20200102T000000Z' '%s/20200103T000000Z.part/pg/base'", store.target,
		store.target);
	CHECK_INT_EQ(system(path), 0);
	fd = open(store.target, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK_INT_EQ(flock(fd, LOCK_EX), 0);
	CHECK_INT_EQ(store_back_up(&desk.server, &store, "1"), 75);
	CHECK(store_said(&store, "is being taken"));
	(void)close(fd);
	CHECK_INT_EQ(store_back_up(&desk.server, &store, "1"), 0);
	CHECK(store_said(&store, "removed=3"));
	CHECK_INT_EQ(count_in(store.target, "*.part"), 0);
	CHECK_INT_EQ(count_in(store.target, "2020010[45]*"), 2);
	CHECK_INT_EQ(count_in(store.target, "2020010[67]*"), 0);
	CHECK_INT_EQ(count_in(store.target, "20200101*"), 0);
	CHECK_INT_EQ(count_in(store.target, "20200102*"), 1);
	CHECK_INT_EQ(count_in(store.target, "*/BACKUP"), 3);

	CHECK_INT_EQ(chmod(store.target, 0500), 0);
	CHECK_INT_EQ(store_back_up(&desk.server, &store, NULL), 74);
	CHECK_INT_EQ(chmod(store.target, 0700), 0);
	CHECK_INT_EQ(count_in(store.target, "*/BACKUP"), 3);
	CHECK(desk_end(&desk));
	CHECK_INT_EQ(store_back_up(&desk.server, &store, NULL), 75);
	CHECK(store_said(&store, "start guanjiad first"));
}

/* Smaller than a database: a backup into it, and a restore. */
static struct volume volume;
static const char *no_volume; /* why there is none */

static void test_full_disk_is_told_and_leaves_nothing(void)
{
	static const char *const sets[] = {"postgres_fsync=0", "outgoing=none", NULL};
	static struct desk desk;
	struct store store;
	struct store full;

	if (no_volume != NULL) {
		printf("# passed over: %s\n", no_volume);
		return;
	}
	store_begin(&store);
	desk_begin(&desk, sets);
	full = store;
	(void)snprintf(full.target, LIVE_PATH_MAX, "%s/backups", volume.path);
	CHECK_INT_EQ(store_back_up(&desk.server, &full, NULL), 74);
	CHECK(store_said(&full, "No space left on device"));
	CHECK_INT_EQ(count_in(full.target, "*"), 0);
	CHECK_INT_EQ(store_back_up(&desk.server, &store, NULL), 0);
	(void)snprintf(store.data, LIVE_PATH_MAX, "%s/restored", volume.path);
	CHECK_INT_EQ(store_restore(&desk.server, &store, desk.server.dir), 74);
	CHECK(store_said(&store, "No space left on device"));
	CHECK_INT_EQ(count_in(store.data, "*"), 0);
	CHECK(desk_end(&desk));
}

static const struct test tests[] = {
	{"what_is_no_backup_is_refused", test_what_is_no_backup_is_refused},
	{"what_cannot_be_taken_leaves_nothing", test_what_cannot_be_taken_leaves_nothing},
	{"full_disk_is_told_and_leaves_nothing", test_full_disk_is_told_and_leaves_nothing},
};

int main(void)
{
	if (volumes_begin(&no_volume)) {
		no_volume = NULL;
		volume_make(&volume, 24);
	}
	live_begin();
	return check_main(tests, COUNT(tests));
}
