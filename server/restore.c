/* SPDX-License-Identifier: Apache-2.0 */
#include "server/restore.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/backup_event.h"
#include "server/backup_program.h"
#include "server/data_file.h"
#include "server/db/embedded.h"
#include "server/db/migrate.h"
#include "server/tree.h"

/* One run. */
struct restoring {
	const struct config *config;
	const struct restore_ask *ask;
	struct log *log;
	struct restore_report *report;
	struct backup_fault *fault;
	char place[BACKUP_PATH_MAX];   /* DIR/restoring */
	char cluster[BACKUP_PATH_MAX]; /* DIR/restoring/pg */
	bool is_placing;               /* keys, certificates and settings are being written to DIR */
};

static enum err fail_with(struct restoring *restoring, enum err err, const char *path)
{
	return backup_fail(restoring->fault, err, "'%.400s': %s", path, strerror(errno));
}

/* Where a package is installed the settings are a link to /etc, there from the start. */
static bool is_link_of_settings(const char *dir, const char *name)
{
	char path[PATH_MAX];
	struct stat found;

	(void)snprintf(path, sizeof(path), "%s/guanjia.conf", dir);
	return strcmp(name, "guanjia.conf") == 0 && lstat(path, &found) == 0 && S_ISLNK(found.st_mode);
}

static bool is_among(const char *name, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(name, names[i]) == 0) {
			return true;
		}
	}
	return false;
}

static bool is_cut_off(const char *dir)
{
	char path[PATH_MAX];
	struct stat found;

	(void)snprintf(path, sizeof(path), "%s/" EMBEDDED_RESTORING, dir);
	return lstat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

/*
 * Where a restore was cut off, it may be done again over what it left, and over what a server wrote that was started there
 * and refused. Never over a cluster in its place: that is somebody's data, or was nearly.
 */
enum err restore_check_place(const char *dir, struct backup_fault *out_fault)
{
	static const char *const harmless[] = {".", "..", "lost+found", "guanjiad.lock"};
	static const char *const left[] = {
		EMBEDDED_RESTORING, "keys", "tls", "guanjia.conf", "category_words.csv", "seals"};
	bool may_repeat = is_cut_off(dir);
	DIR *list = opendir(dir);
	struct dirent *entry;
	bool is_empty = true;

	if (list == NULL) {
		return errno == ENOENT
		           ? ERR_OK
		           : backup_fail(out_fault, ERR_OUTPUT, "'%.400s': %s", dir, strerror(errno));
	}
	while ((entry = readdir(list)) != NULL) {
		const char *name = entry->d_name;

		is_empty = is_empty &&
		           (is_link_of_settings(dir, name) || is_among(name, harmless, COUNT(harmless)) ||
					   (may_repeat && is_among(name, left, COUNT(left))));
	}
	(void)closedir(list);
	return is_empty ? ERR_OK
	                : backup_fail(out_fault, ERR_OUTPUT,
						  "'%.400s' is not empty: a restore needs a directory of its own", dir);
}

/* Whether these keys open what the backup's data holds. */
static enum err check_keys(struct restoring *restoring)
{
	struct span key = kept_find(restoring->ask->kept, "keys/server.key");
	char mark[33];

	if (restoring->ask->kept->count == 0) {
		return ERR_OK; /* lost, as the person at the keyboard says */
	}
	backup_key_mark(key.ptr, mark);
	if (strcmp(mark, restoring->report->mark.keys) != 0) {
		return backup_fail(restoring->fault, ERR_CONFIG,
			"these keys are not those that the backup's data was written with");
	}
	return ERR_OK;
}

/* Whether this program, with this PostgreSQL, can serve what is in it. */
static enum err check_versions(struct restoring *restoring)
{
	const struct backup_mark *mark = &restoring->report->mark;
	uint64_t postgres = 0;
	enum err err;

	if (mark->schema > migration_count) {
		return backup_fail(restoring->fault, ERR_CONFIG,
			"the backup has schema %llu, this program knows %zu: restore it with guanjiad %s or "
			"newer",
			(unsigned long long)mark->schema, migration_count, mark->version);
	}
	err = backup_program_version(restoring->config, &postgres, restoring->fault);
	if (err == ERR_OK && postgres != mark->postgres) {
		err = backup_fail(restoring->fault, ERR_CONFIG,
			"the backup is of PostgreSQL %llu, postgres_bin has %llu: install the one it was taken "
			"with",
			(unsigned long long)mark->postgres, (unsigned long long)postgres);
	}
	return err;
}

/* On disk; for tests, which only kill, that is left out. */
static bool sync_tree(const struct restoring *restoring, const char *path)
{
	return restoring->config->postgres_fsync == 0 || tree_sync(path);
}

/* The cluster as it is in the backup, told to recover when it starts. */
static enum err lay_out(struct restoring *restoring)
{
	char source[PATH_MAX];
	char signal_path[PATH_MAX];
	const char *const copy[] = {
		"/bin/cp", "-a", "--reflink=auto", source, restoring->cluster, NULL};
	enum err err;

	if ((is_cut_off(restoring->config->dir) && !tree_remove(restoring->place)) ||
		mkdir(restoring->place, 0700) != 0) {
		return fail_with(restoring, ERR_OUTPUT, restoring->place);
	}
	(void)snprintf(source, sizeof(source), "%s/pg", restoring->ask->backup);
	err = backup_program_run(copy, ERR_OUTPUT, "the backup could not be copied", restoring->fault);
	if (err != ERR_OK) {
		return err;
	}
	(void)snprintf(signal_path, sizeof(signal_path), "%s/recovery.signal", restoring->cluster);
	if (chmod(restoring->cluster, 0700) != 0 ||
		!data_file_write(signal_path, 0600, span_of(NULL, 0)) ||
		!sync_tree(restoring, restoring->cluster)) {
		return fail_with(restoring, ERR_OUTPUT, restoring->cluster);
	}
	return ERR_OK;
}

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

/* Started, looked through, stopped: whoever starts it next finds a database at rest. */
static enum err recover(struct restoring *restoring)
{
	/* No archive is asked: the backup brings its log. But this is a recovery, so a new history begins. */
	static const char *const more[] = {
		"restore_command=false", "hot_standby=off", "archive_mode=off", NULL};
	struct embedded_fault fault = {""};
	struct config stage = *restoring->config;
	struct embedded embedded;
	enum err err;

	stage.dir = restoring->place;
	err = embedded_recover(&embedded, &stage, restoring->log, more, &fault);
	if (err != ERR_OK) {
		return backup_fail(restoring->fault, err, "%s", fault.text);
	}
	err = restore_settle(embedded.super, restoring->ask, restoring->report, restoring->fault);
	if (err == ERR_OK &&
		!backup_event_record(embedded.app, BACKUP_RESTORED, name_of(restoring->ask->backup))) {
		err = backup_fail(
			restoring->fault, ERR_TRY_LATER, "the restored database does not take an event");
	}
	embedded_stop(&embedded);
	return err;
}

/* A small file of the backup into the data directory. */
static enum err put_side(struct restoring *restoring, const char *name, const char *expected)
{
	char source[PATH_MAX];
	char target[PATH_MAX];
	struct stat found;
	uint8_t *bytes;
	size_t len = 0;
	enum err err = ERR_OK;

	(void)snprintf(source, sizeof(source), "%s/%s", restoring->ask->backup, name);
	(void)snprintf(target, sizeof(target), "%s/%s", restoring->config->dir, name);
	if (strcmp(expected, "-") == 0 || (lstat(target, &found) == 0 && S_ISLNK(found.st_mode))) {
		return ERR_OK; /* a packaged machine has its settings elsewhere, and keeps them */
	}
	bytes = malloc(BACKUP_SIDE_BYTES_MAX);
	if (bytes == NULL) {
		abort();
	}
	if (!data_file_read(source, bytes, BACKUP_SIDE_BYTES_MAX, &len)) {
		err = fail_with(restoring, ERR_INPUT, source);
	} else if (!data_file_write(target, 0600, span_of(bytes, len))) {
		err = fail_with(restoring, ERR_OUTPUT, target);
	}
	free(bytes);
	return err;
}

/* The cluster last: without it there is nothing to serve; and the mark of a restore goes behind it. */
static enum err put_in_place(struct restoring *restoring)
{
	const struct backup_mark *mark = &restoring->report->mark;
	char cluster[PATH_MAX];
	enum err err = ERR_OK;

	restoring->is_placing = true;
	if (!kept_write(restoring->ask->kept, restoring->config->dir)) {
		err = fail_with(restoring, ERR_OUTPUT, restoring->config->dir);
	}
	if (err == ERR_OK) {
		err = put_side(restoring, "guanjia.conf", mark->settings);
	}
	if (err == ERR_OK) {
		err = put_side(restoring, "category_words.csv", mark->words);
	}
	if (err != ERR_OK) {
		return err;
	}
	(void)snprintf(cluster, sizeof(cluster), "%s/pg", restoring->config->dir);
	if (!sync_tree(restoring, restoring->cluster) || rename(restoring->cluster, cluster) != 0 ||
		!tree_remove(restoring->place) || !sync_tree(restoring, restoring->config->dir)) {
		return fail_with(restoring, ERR_OUTPUT, cluster);
	}
	return ERR_OK;
}

/* What can be known before anything is written. */
static enum err check(struct restoring *restoring)
{
	enum err err = restore_check_place(restoring->config->dir, restoring->fault);

	if (err == ERR_OK) {
		err = backup_check(
			restoring->config, restoring->ask->backup, &restoring->report->mark, restoring->fault);
	}
	if (err == ERR_OK) {
		err = check_keys(restoring);
	}
	return err == ERR_OK ? check_versions(restoring) : err;
}

/* A unit of systemd takes the lock for a directory that was made on purpose. */
static void forget_lock(const char *dir)
{
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/guanjiad.lock", dir);
	(void)unlink(path);
}

enum err restore_run(const struct config *config, const struct restore_ask *ask, struct log *log,
	struct restore_report *out, struct backup_fault *out_fault)
{
	struct restore_report report = {.index_count = 0};
	struct restoring restoring = {
		.config = config, .ask = ask, .log = log, .report = &report, .fault = out_fault};
	enum err err;

	(void)snprintf(restoring.place, sizeof(restoring.place), "%s/" EMBEDDED_RESTORING, config->dir);
	(void)snprintf(
		restoring.cluster, sizeof(restoring.cluster), "%s/" EMBEDDED_RESTORING "/pg", config->dir);
	err = check(&restoring);
	if (err != ERR_OK) {
		return err;
	}
	err = lay_out(&restoring);
	if (err == ERR_OK) {
		err = recover(&restoring);
	}
	if (err == ERR_OK) {
		err = put_in_place(&restoring);
	}
	if (err != ERR_OK && !restoring.is_placing) {
		(void)!tree_remove(restoring.place);
		forget_lock(config->dir);
	}
	if (err != ERR_OK) {
		return err; /* what was being put in place stays beside `restoring`: no server starts there */
	}
	*out = report;
	return ERR_OK;
}
