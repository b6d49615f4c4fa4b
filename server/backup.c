/* SPDX-License-Identifier: Apache-2.0 */
#include "server/backup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <libpq-fe.h>

#include "common/clock.h"
#include "server/backup_event.h"
#include "server/backup_program.h"
#include "server/data_file.h"
#include "server/db/embedded.h"
#include "server/keys.h"
#include "server/tree.h"

#define PART ".part"

/* One run. */
struct taking {
	const struct config *config;
	const struct backup_ask *ask;
	struct backup_report *report;
	struct backup_fault *fault;
	struct embedded embedded;
	char part[BACKUP_PATH_MAX];
	int target_fd; /* holds the folder's lock */
};

static enum err fail_with(struct taking *taking, enum err err, const char *path)
{
	return backup_fail(taking->fault, err, "'%.400s': %s", path, strerror(errno));
}

/* One backup at a time into a folder. */
static enum err open_target(struct taking *taking)
{
	const char *target = taking->ask->target;

	if (mkdir(target, 0700) != 0 && errno != EEXIST) {
		return fail_with(taking, ERR_OUTPUT, target);
	}
	taking->target_fd = open(target, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (taking->target_fd < 0) {
		return fail_with(taking, ERR_OUTPUT, target);
	}
	if (flock(taking->target_fd, LOCK_EX | LOCK_NB) != 0) {
		return backup_fail(
			taking->fault, ERR_TRY_LATER, "another backup into '%.400s' is being taken", target);
	}
	return ERR_OK;
}

/* Where the folder lies, or will: links in the way to it are followed. */
static bool find_target(const char *target, char out[PATH_MAX])
{
	char parent[PATH_MAX];
	char *slash;

	if (realpath(target, out) != NULL) {
		return true;
	}
	(void)snprintf(parent, sizeof(parent), "%s", target);
	slash = strrchr(parent, '/');
	if (errno != ENOENT || slash == NULL) {
		return false;
	}
	slash[slash == parent ? 1 : 0] = '\0';
	return realpath(parent, out) != NULL;
}

/* Below the data directory it would lie beside its keys, and be lost with them. Nothing is made before that is known. */
static enum err refuse_own_directory(struct taking *taking)
{
	char real[PATH_MAX];
	char dir[PATH_MAX];
	size_t len;

	if (!find_target(taking->ask->target, real)) {
		return fail_with(taking, ERR_OUTPUT, taking->ask->target);
	}
	if (realpath(taking->config->dir, dir) == NULL) {
		return fail_with(taking, ERR_CONFIG, taking->config->dir);
	}
	len = strlen(dir);
	if (strncmp(real, dir, len) == 0 && (real[len] == '/' || real[len] == '\0')) {
		return backup_fail(taking->fault, ERR_CONFIG,
			"'%.300s' lies in the data directory, beside the keys: choose another place",
			taking->ask->target);
	}
	return ERR_OK;
}

/* 20261127T101500Z */
static bool is_name(const char *name)
{
	for (size_t i = 0; i < BACKUP_NAME_BYTES - 1; i++) {
		bool holds = i == 8    ? name[i] == 'T'
		             : i == 15 ? name[i] == 'Z'
		                       : name[i] >= '0' && name[i] <= '9';

		if (!holds) {
			return false;
		}
	}
	return true;
}

static int choose_whole(const struct dirent *entry)
{
	return is_name(entry->d_name) && entry->d_name[BACKUP_NAME_BYTES - 1] == '\0';
}

static int choose_part(const struct dirent *entry)
{
	return is_name(entry->d_name) && strcmp(entry->d_name + BACKUP_NAME_BYTES - 1, PART) == 0;
}

static void free_names(struct dirent **names, int count)
{
	for (int i = 0; i < count; i++) {
		free(names[i]);
	}
	free(names);
}

/* What was cut off earlier: we hold the lock, so nobody works on it. */
static enum err sweep_parts(struct taking *taking)
{
	const char *target = taking->ask->target;
	struct dirent **names = NULL;
	int count = scandir(target, &names, choose_part, alphasort);
	enum err err = count < 0 ? fail_with(taking, ERR_OUTPUT, target) : ERR_OK;

	for (int i = 0; i < count && err == ERR_OK; i++) {
		char path[PATH_MAX];

		(void)snprintf(path, sizeof(path), "%s/%s", target, names[i]->d_name);
		err = tree_remove(path) ? ERR_OK : fail_with(taking, ERR_OUTPUT, path);
	}
	free_names(names, count);
	return err;
}

/* Nothing is ever written over. */
static enum err begin_part(struct taking *taking)
{
	struct backup_report *report = taking->report;
	time_t now = (time_t)(taking->report->mark.began_us / US_PER_S);
	struct stat stat;
	struct tm utc;

	(void)gmtime_r(&now, &utc);
	(void)strftime(report->name, sizeof(report->name), "%Y%m%dT%H%M%SZ", &utc);
	(void)snprintf(report->path, sizeof(report->path), "%s/%s", taking->ask->target, report->name);
	(void)snprintf(
		taking->part, sizeof(taking->part), "%s/%s" PART, taking->ask->target, report->name);
	if (lstat(report->path, &stat) == 0) {
		errno = EEXIST;
		return fail_with(taking, ERR_OUTPUT, report->path);
	}
	return mkdir(taking->part, 0700) == 0 ? ERR_OK : fail_with(taking, ERR_OUTPUT, taking->part);
}

static uint64_t whole_of(const PGresult *result, int column)
{
	return strtoull(PQgetvalue(result, 0, column), NULL, 10);
}

/* What it is a backup of, by the database itself. */
static enum err read_facts(struct taking *taking)
{
	static const char query[] = "SELECT (SELECT max(number) FROM schema_version),"
								" (SELECT system_identifier FROM pg_control_system()),"
								" (SELECT timeline_id FROM pg_control_checkpoint()),"
								" (SELECT (extract(epoch FROM at) * 1000000)::bigint FROM event"
								"  ORDER BY xid DESC, seq DESC LIMIT 1),"
								" current_setting('server_version_num')::integer / 10000,"
								" feed_era_now()";
	struct backup_mark *mark = &taking->report->mark;
	PGconn *pg = PQconnectdb(taking->embedded.super);
	PGresult *result = PQexec(pg, query);
	enum err err = ERR_OK;

	if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1) {
		mark->schema = whole_of(result, 0);
		mark->system = whole_of(result, 1);
		mark->timeline = whole_of(result, 2);
		mark->last_event_us = whole_of(result, 3);
		mark->postgres = whole_of(result, 4);
		mark->era = whole_of(result, 5);
	} else {
		err = backup_fail(taking->fault, ERR_TRY_LATER, "the database: %.400s", PQerrorMessage(pg));
	}
	PQclear(result);
	PQfinish(pg);
	return err;
}

static enum err read_keys(struct taking *taking)
{
	struct keys_fault fault = {""};
	struct keys keys = {{0}};

	const char *given = taking->config->server_key;
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/keys/server.key", taking->config->dir);
	if (given[0] == '\0' && access(path, R_OK) != 0) { /* opening it would make another */
		return backup_fail(taking->fault, ERR_CONFIG,
			"'%.400s': %s; kept elsewhere, it is named by --set server_key=FILE", path,
			strerror(errno));
	}
	if ((given[0] == '\0' ? keys_open(&keys, taking->config->dir, &fault)
						  : keys_open_given(&keys, given, &fault)) != ERR_OK) {
		return backup_fail(taking->fault, ERR_CONFIG, "%s", fault.text);
	}
	backup_key_mark(keys.root, taking->report->mark.keys);
	keys_close(&keys);
	return ERR_OK;
}

/* A small file of the data directory into the backup, and its hash; "-" where there is none. */
static enum err copy_side(struct taking *taking, const char *name, char out[BACKUP_SHA256_HEX])
{
	char source[PATH_MAX];
	char target[PATH_MAX];
	uint8_t *bytes = malloc(BACKUP_SIDE_BYTES_MAX);
	size_t len = 0;
	enum err err = ERR_OK;
	char *real;

	if (bytes == NULL) {
		abort();
	}
	(void)snprintf(source, sizeof(source), "%s/%s", taking->config->dir, name);
	(void)snprintf(target, sizeof(target), "%s/%s", taking->part, name);
	real = realpath(source, NULL); /* packages make a link of the settings */
	if (real != NULL && data_file_read(real, bytes, BACKUP_SIDE_BYTES_MAX, &len)) {
		backup_sha256(span_of(bytes, len), out);
		err = data_file_write(target, 0600, span_of(bytes, len))
		          ? ERR_OK
		          : fail_with(taking, ERR_OUTPUT, target);
	} else if (errno == ENOENT) {
		(void)snprintf(out, BACKUP_SHA256_HEX, "-");
	} else {
		err = fail_with(taking, ERR_INPUT, source);
	}
	free(real);
	free(bytes);
	return err;
}

/* Everything into the part, checked; the mark is last. */
static enum err fill_part(struct taking *taking)
{
	struct backup_mark *mark = &taking->report->mark;
	char path[PATH_MAX];
	enum err err;

	(void)snprintf(path, sizeof(path), "%s/pg", taking->part);
	err = backup_program_copy(taking->config, taking->embedded.super, path, taking->fault);
	if (err == ERR_OK) {
		err = backup_program_verify(taking->config, path, taking->fault);
	}
	if (err == ERR_OK) {
		err = copy_side(taking, "guanjia.conf", mark->settings);
	}
	if (err == ERR_OK) {
		err = copy_side(taking, "category_words.csv", mark->words);
	}
	if (err != ERR_OK) {
		return err;
	}
	(void)snprintf(path, sizeof(path), "%s/pg/backup_manifest", taking->part);
	if (!backup_sha256_file(path, mark->manifest) || !tree_bytes(taking->part, &mark->bytes)) {
		return fail_with(taking, ERR_OUTPUT, path);
	}
	mark->taken_us = (uint64_t)clock_now().utc_us;
	(void)snprintf(mark->version, sizeof(mark->version), "%s", GUANJIA_VERSION);
	return backup_mark_write(mark, taking->part) ? ERR_OK
	                                             : fail_with(taking, ERR_OUTPUT, taking->part);
}

/* On disk first, then by its name. */
static enum err finish_part(struct taking *taking)
{
	if (taking->config->postgres_fsync != 0 && !tree_sync(taking->part)) {
		return fail_with(taking, ERR_OUTPUT, taking->part);
	}
	if (rename(taking->part, taking->report->path) != 0 || fsync(taking->target_fd) != 0) {
		return fail_with(taking, ERR_OUTPUT, taking->report->path);
	}
	return ERR_OK;
}

/* Loses its name first, so that nothing half removed has one. */
static bool remove_whole(const char *path)
{
	char part[PATH_MAX];

	(void)snprintf(part, sizeof(part), "%.*s" PART, PATH_MAX - 8, path);
	return rename(path, part) == 0 && tree_remove(part);
}

/*
 * Those of other clusters in the same folder are not ours to count, nor those of what this one was restored from, which
 * perhaps serves on: a restore has its original's identifier, and another era. Of before eras were noted, the timeline tells.
 */
static bool is_of_same(const struct taking *taking, const char *path)
{
	const struct backup_mark *ours = &taking->report->mark;
	struct backup_fault ignored;
	struct backup_mark mark;

	return backup_mark_read(&mark, path, &ignored) == ERR_OK && mark.system == ours->system &&
	       (mark.era == 0 ? mark.timeline == ours->timeline : mark.era == ours->era);
}

/* Newest first. */
static enum err remove_older(struct taking *taking)
{
	const char *target = taking->ask->target;
	struct dirent **names = NULL;
	uint32_t kept = 1; /* the new one, also where the clock was set back */
	enum err err = ERR_OK;
	int count = taking->ask->keep == 0 ? 0 : scandir(target, &names, choose_whole, alphasort);

	for (int i = count - 1; i >= 0 && err == ERR_OK; i--) {
		char path[PATH_MAX];

		(void)snprintf(path, sizeof(path), "%s/%s", target, names[i]->d_name);
		if (strcmp(names[i]->d_name, taking->report->name) == 0 || !is_of_same(taking, path) ||
			kept++ < taking->ask->keep) {
			continue;
		}
		err = remove_whole(path) ? ERR_OK : fail_with(taking, ERR_OUTPUT, path);
		taking->report->removed_count += err == ERR_OK;
	}
	free_names(names, count);
	return err;
}

static enum err begin(struct taking *taking)
{
	const struct config *config = taking->config;
	enum err err;

	if (config->database[0] != '\0') {
		return backup_fail(taking->fault, ERR_CONFIG,
			"the database was given by a setting: it is backed up where it runs, as "
			"docs/operations.md says");
	}
	if (!embedded_find(&taking->embedded, config)) {
		return backup_fail(taking->fault, ERR_TRY_LATER,
			"no server runs on '%.400s' whose database could be asked: start guanjiad first",
			config->dir);
	}
	err = read_facts(taking);
	return err == ERR_OK ? read_keys(taking) : err;
}

/* Behind the lock. */
static enum err take(struct taking *taking)
{
	enum err err = sweep_parts(taking);

	if (err == ERR_OK) {
		err = begin_part(taking);
	}
	if (err != ERR_OK) {
		return err;
	}
	err = fill_part(taking);
	if (err == ERR_OK) {
		err = finish_part(taking);
	}
	if (err != ERR_OK) {
		(void)!tree_remove(taking->part); /* what cannot be removed is swept away by the next */
		return err;
	}
	taking->report->is_recorded =
		backup_event_record(taking->embedded.app, BACKUP_TAKEN, taking->report->name);
	return remove_older(taking);
}

enum err backup_take(const struct config *config, const struct backup_ask *ask,
	struct backup_report *out, struct backup_fault *out_fault)
{
	struct backup_report report = {.mark.began_us = (uint64_t)clock_now().utc_us};
	struct taking taking = {
		.config = config,
		.ask = ask,
		.report = &report,
		.fault = out_fault,
		.target_fd = -1,
	};
	enum err err = begin(&taking);

	assert(ask->target[0] == '/');
	if (err == ERR_OK) {
		err = refuse_own_directory(&taking);
	}
	if (err == ERR_OK) {
		err = open_target(&taking);
	}
	if (err == ERR_OK) {
		err = take(&taking);
	}
	if (taking.target_fd >= 0) {
		(void)close(taking.target_fd);
	}
	if (err == ERR_OK) {
		*out = report;
	}
	return err;
}
