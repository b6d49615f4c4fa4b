/* SPDX-License-Identifier: Apache-2.0 */
#include "server/backup_command.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "server/backup.h"
#include "server/config.h"
#include "server/data_dir.h"
#include "server/restore.h"

static int complain(enum err err, const char *text)
{
	fprintf(stderr, "guanjiad: %s\n", text);
	return err_row(err)->exit_code;
}

/* The working directory changes before it is used; false where it is too long, or nowhere. */
static bool make_absolute(const char *path, char out[BACKUP_PATH_MAX])
{
	char here[PATH_MAX] = "";
	size_t len = strlen(path);
	int written;

	while (len > 1 && path[len - 1] == '/') {
		len--;
	}
	if (path[0] != '/' && getcwd(here, sizeof(here)) == NULL) {
		return false;
	}
	written = path[0] == '/' ? snprintf(out, BACKUP_PATH_MAX, "%.*s", (int)len, path)
	                         : snprintf(out, BACKUP_PATH_MAX, "%s/%.*s", here, (int)len, path);
	return written > 0 && written < BACKUP_PATH_MAX - 64;
}

static enum err load(struct config *config, struct arena *arena, const struct options *options,
	const char *dir, struct backup_fault *fault)
{
	struct config_fault config_fault;
	enum err err;

	config_init(config, dir);
	err = config_load(config, arena, options->sets, options->set_count, &config_fault);
	return err == ERR_OK ? ERR_OK : backup_fail(fault, err, "%s", config_fault.text);
}

static void print_mark(const struct backup_mark *mark)
{
	printf("taken_us=%llu\nversion=%s\nschema=%llu\nbytes=%llu\n",
		(unsigned long long)mark->taken_us, mark->version, (unsigned long long)mark->schema,
		(unsigned long long)mark->bytes);
}

/* Lost output is a failure: whoever reads it would believe that nothing was done. */
static int flush(void)
{
	return fflush(stdout) == 0 ? 0 : complain(ERR_OUTPUT, strerror(errno));
}

static int print_backup(const struct backup_report *report)
{
	printf("backup=%s\n", report->path);
	print_mark(&report->mark);
	printf("removed=%zu\nrecorded=%d\n", report->removed_count, report->is_recorded);
	return flush();
}

int backup_command(const struct options *options)
{
	char target[BACKUP_PATH_MAX];
	struct backup_ask ask = {.target = target, .keep = options->keep};
	struct backup_report report;
	struct backup_fault fault;
	struct data_dir_fault dir_fault;
	struct config config;
	struct data_dir dir;
	struct arena arena;
	enum err err;

	if (!make_absolute(options->argument, target)) {
		return complain(ERR_USAGE, "that path is too long");
	}
	err = data_dir_visit(&dir, options->dir, &dir_fault);
	if (err != ERR_OK) {
		return complain(err, dir_fault.text);
	}
	arena_init(&arena, 1024 * 1024);
	err = load(&config, &arena, options, dir.path, &fault);
	if (err == ERR_OK) {
		err = backup_take(&config, &ask, &report, &fault);
	}
	arena_fini(&arena);
	return err == ERR_OK ? print_backup(&report) : complain(err, fault.text);
}

static int print_restore(
	const struct restore_report *report, const char *dir, const struct kept *kept)
{
	printf("data=%s\n", dir);
	print_mark(&report->mark);
	printf("last_event_us=%llu\nindexes=%llu\nerased=%llu\nkeys=%s\n",
		(unsigned long long)report->last_event_us, (unsigned long long)report->index_count,
		(unsigned long long)report->erased_count, kept->count > 0 ? "kept" : "new");
	return flush();
}

/* Without a data directory: it is only looked at. */
static int check_only(const struct options *options, const char *backup, struct arena *arena)
{
	struct backup_mark mark;
	struct backup_fault fault;
	struct config config;
	enum err err = load(&config, arena, options, "/nonexistent", &fault);

	if (err == ERR_OK) {
		err = backup_check(&config, backup, &mark, &fault);
	}
	if (err != ERR_OK) {
		return complain(err, fault.text);
	}
	printf("backup=%s\n", backup);
	print_mark(&mark);
	return flush();
}

/* Keys are read before root is left, as far as root may read them. */
static enum err read_keys(const struct options *options, struct kept *kept, struct arena *arena,
	struct backup_fault *fault)
{
	if (options->keys == NULL) {
		return backup_fail(fault, ERR_USAGE,
			"--keys DIR is needed: the folder that has keys/ and tls/ of the server that was "
			"backed "
			"up; --keys none where they are lost for ever");
	}
	return strcmp(options->keys, "none") == 0 ? ERR_OK
	                                          : kept_read(kept, options->keys, arena, fault);
}

static int restore(const struct options *options, struct restore_ask *ask, struct data_dir *dir,
	struct arena *arena)
{
	struct data_dir_fault dir_fault;
	struct restore_report report;
	struct backup_fault fault;
	struct config config;
	struct log log;
	enum err err = restore_check_place(options->dir, &fault);

	if (err != ERR_OK) {
		return complain(err, fault.text);
	}
	err = data_dir_open(dir, options->dir, options->account, &dir_fault);
	if (err != ERR_OK) {
		return complain(err, dir_fault.text);
	}
	err = load(&config, arena, options, dir->path, &fault);
	if (err == ERR_OK && config.database[0] != '\0') {
		err = backup_fail(
			&fault, ERR_CONFIG, "a restore makes a database of its own: leave 'database' empty");
	}
	log_init(&log, STDERR_FILENO, LOG_WARN);
	if (err == ERR_OK) {
		err = restore_run(&config, ask, &log, &report, &fault);
	}
	log_fini(&log);
	return err == ERR_OK ? print_restore(&report, dir->path, ask->kept) : complain(err, fault.text);
}

int restore_command(const struct options *options)
{
	char backup[BACKUP_PATH_MAX];
	struct kept kept = {.count = 0};
	struct restore_ask ask = {.backup = backup, .kept = &kept};
	struct data_dir dir = {0};
	struct backup_fault fault;
	struct arena arena;
	enum err err;
	int code;

	if (!make_absolute(options->argument, backup)) {
		return complain(ERR_USAGE, "that path is too long");
	}
	arena_init(&arena, 1024 * 1024 + KEPT_BYTES_MAX);
	if (options->dir == NULL) {
		code = check_only(options, backup, &arena);
	} else {
		err = read_keys(options, &kept, &arena, &fault);
		code = err == ERR_OK ? restore(options, &ask, &dir, &arena) : complain(err, fault.text);
	}
	kept_fini(&kept);
	data_dir_close(&dir);
	arena_fini(&arena);
	return code;
}
