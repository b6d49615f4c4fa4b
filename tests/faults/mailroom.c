/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faults/mailroom.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "common/clock.h"
#include "server/keys.h"
#include "server/outgoing.h"
#include "tests/server/pg.h"
#include "tests/server/scratch.h"

#define SQL_MAX 4096
#define SETS_MAX 8
#define PATH_BYTES (LIVE_PATH_MAX + 32)
#define BREATH_MS 10 /* between two questions */

static const struct uuid community_id = {{7, 7, 7}};

static void need(bool holds, const char *what)
{
	if (!holds) {
		printf("# %s\n", what);
		(void)fflush(stdout);
		abort();
	}
}

/* ---- the program ---------------------------------------------------------------------------- */

static void path_of(const struct mailroom *room, const char *name, char out[PATH_BYTES])
{
	(void)snprintf(out, PATH_BYTES, "%.*s/%.30s", LIVE_PATH_MAX - 1, room->place, name);
}

static void make_program(struct mailroom *room)
{
	char path[PATH_BYTES];
	char text[2048];

	path_of(room, "program", path);
	(void)snprintf(text, sizeof(text),
		"#!/bin/sh\n"
		"cd %s || exit 1\n"
		"if [ -e hung ]; then\n"
		"	sleep 1000 &\n"
		"	echo $! >pid.new && mv pid.new pid\n"
		"	wait\n"
		"fi\n"
		"[ ! -e slow ] || { : >begun; while [ -e slow ]; do sleep 0.01; done; }\n"
		"[ ! -e closed ] || { echo '" MAIL_PHONE "' >&2; exit 3; }\n"
		"message=$(cat) && printf '%%s\\n' \"$message\" >>taken\n",
		room->place);
	scratch_write(path, text);
	need(chmod(path, 0700) == 0, path);
	(void)snprintf(room->program_set, sizeof(room->program_set), "outgoing=%.*s/program",
		LIVE_PATH_MAX - 1, room->place);
}

void mail_mark(struct mailroom *room, const char *name, bool is_set)
{
	char path[PATH_BYTES];

	path_of(room, name, path);
	if (is_set) {
		scratch_write(path, "");
	} else {
		(void)unlink(path);
	}
}

bool mail_await_mark(struct mailroom *room, const char *name)
{
	int64_t until_us = live_until(LIVE_WAIT_MS);
	char path[PATH_BYTES];

	path_of(room, name, path);
	while (access(path, F_OK) != 0 && live_left_ms(until_us) > 0) {
		(void)poll(NULL, 0, BREATH_MS);
	}
	return access(path, F_OK) == 0;
}

pid_t mail_hung_pid(struct mailroom *room)
{
	char path[PATH_BYTES];
	char text[32] = "";
	FILE *file;

	path_of(room, "pid", path);
	file = fopen(path, "re");
	need(file != NULL && fgets(text, sizeof(text), file) != NULL, path);
	(void)fclose(file);
	return (pid_t)strtol(text, NULL, 10);
}

/* The id of a line, noted. */
static void note_line(json_t *ids, const char *line)
{
	json_t *message = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
	const char *id = json_string_value(json_object_get(message, "id"));
	const char *to = json_string_value(json_object_get(message, "to"));
	const char *text = json_string_value(json_object_get(message, "text"));

	need(id != NULL && to != NULL && text != NULL && strcmp(to, MAIL_PHONE) == 0 &&
			 strstr(text, MAIL_WORDS) == text,
		line);
	(void)json_object_set_new(ids, id, json_true());
	json_decref(message);
}

struct mail_taken mail_taken(struct mailroom *room)
{
	struct mail_taken taken = {0, 0};
	json_t *ids = json_object();
	char path[PATH_BYTES];
	char line[4096];
	FILE *file;

	path_of(room, "taken", path);
	file = fopen(path, "re");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		note_line(ids, line);
		taken.line_count++;
	}
	if (file != NULL) {
		(void)fclose(file);
	}
	taken.message_count = json_object_size(ids);
	json_decref(ids);
	return taken;
}

/* ---- the database and its servers ----------------------------------------------------------- */

void mailroom_begin(struct mailroom *room)
{
	const char *sets[] = {
		room->cluster.app_set, room->cluster.owner_set, NULL}; /* filled in below */
	struct live_server first;
	char place[SCRATCH_PATH_MAX];

	scratch_dir(place);
	(void)snprintf(room->place, sizeof(room->place), "%s", place);
	make_program(room);
	live_cluster_init(&room->cluster, true);
	live_server_init(&first, sets); /* the schema */
	live_server_fini(&first);
	room->super = pg_connect(room->cluster.super);
}

void mailroom_end(struct mailroom *room)
{
	PQfinish(room->super);
	live_cluster_fini(&room->cluster);
}

void mailroom_database(struct mailroom *room, bool is_up)
{
	if (is_up) {
		live_cluster_start(&room->cluster);
		room->super = pg_connect(room->cluster.super);
	} else {
		PQfinish(room->super);
		room->super = NULL;
		live_cluster_kill(&room->cluster);
	}
}

void mail_server_init(struct mail_server *server, struct mailroom *room, const char *const *sets)
{
	static const char *const marks[] = {"hung", "slow", "begun", "closed", "taken", "pid"};
	const char *all[SETS_MAX] = {room->cluster.app_set, room->cluster.owner_set, "log_level=debug"};
	struct keys keys = {{0}};
	struct keys_fault fault = {""};

	for (size_t i = 0; sets[i] != NULL; i++) {
		need(i + 4 < SETS_MAX, "too many settings");
		all[i + 3] = sets[i];
	}
	for (size_t i = 0; i < COUNT(marks); i++) {
		mail_mark(room, marks[i], false);
	}
	(void)mail_ask(room, "DELETE FROM outgoing");
	live_server_init(&server->server, all);
	need(keys_open(&keys, server->server.dir, &fault) == ERR_OK, fault.text);
	seal_init(&server->seal, &keys);
	keys_close(&keys);
}

/* ---- messages ------------------------------------------------------------------------------- */

const char *mail_ask(struct mailroom *room, const char *sql)
{
	return pg_run(room->super, sql);
}

struct uuid mail_put(struct mailroom *room, const struct seal *seal, int number, int age_s)
{
	struct uuid id = uuid_v7(clock_now().utc_us);
	struct outgoing_message message = {.to = STR(MAIL_PHONE)};
	char id_text[UUID_TEXT_LEN + 1];
	char community[UUID_TEXT_LEN + 1];
	char hex[1024];
	char sql[SQL_MAX];
	struct arena arena;
	struct span sealed;

	arena_init(&arena, 64 * 1024);
	message.text = arena_printf(&arena, MAIL_WORDS " %d", number);
	sealed = outgoing_seal(&arena, seal, community_id, id, &message);
	need(sealed.len > 0 && 2 * sealed.len < sizeof(hex), "a message");
	for (size_t i = 0; i < sealed.len; i++) {
		(void)snprintf(hex + 2 * i, 3, "%02x", sealed.ptr[i]);
	}
	uuid_format(id, id_text);
	uuid_format(community_id, community);
	(void)snprintf(sql, sizeof(sql),
		"INSERT INTO outgoing (community_id, outgoing_id, kind, language, sealed, made_at,"
		" next_try_at) VALUES ('%s', '%s', %d, 1, '\\x%s', now() - interval '%d s', now())",
		community, id_text, OUTGOING_ACKNOWLEDGEMENT, hex, age_s);
	(void)mail_ask(room, sql);
	arena_fini(&arena);
	return id;
}

void mail_put_many(struct mailroom *room, const struct seal *seal, int count)
{
	for (int i = 0; i < count; i++) {
		(void)mail_put(room, seal, i, 0);
	}
}

void mail_make_due(struct mailroom *room)
{
	(void)mail_ask(room, "UPDATE outgoing SET next_try_at = now() WHERE sent_at IS NULL");
}

size_t mail_count(struct mailroom *room, const char *condition)
{
	char sql[SQL_MAX];

	(void)snprintf(sql, sizeof(sql), "SELECT count(*) FROM outgoing WHERE %s", condition);
	return strtoul(mail_ask(room, sql), NULL, 10);
}

bool mail_await(struct mailroom *room, const char *condition, size_t count)
{
	int64_t until_us = live_until(LIVE_WAIT_MS);
	size_t actual;

	while ((actual = mail_count(room, condition)) != count) {
		if (live_left_ms(until_us) == 0) {
			printf("# %zu, and not %zu, messages where %s\n", actual, count, condition);
			return false;
		}
		(void)poll(NULL, 0, BREATH_MS);
	}
	return true;
}

bool mail_await_sent(struct mailroom *room, size_t count)
{
	return mail_await(
		room, "sent_at IS NOT NULL AND sealed IS NULL AND given_up_at IS NULL", count);
}
