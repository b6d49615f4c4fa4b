/* SPDX-License-Identifier: Apache-2.0 */
#include "server/backup_program.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/data_file.h"
#include "server/db/process.h"

#define OUTPUT_BYTES_MAX ((size_t)8 * 1024)
#define LOOK_MS INT64_C(60000) /* one wait; there are as many as it takes */

/* The last line that says why: PostgreSQL's programs go on to say how they tidy up. Else the last one. */
static struct str telling_line(const char *text, size_t len)
{
	static const char mark[] = "error: ";
	struct str line = {"", 0};
	bool is_error = false;

	for (size_t first = 0; first < len;) {
		const char *feed = memchr(text + first, '\n', len - first);
		size_t end = feed == NULL ? len : (size_t)(feed - text);
		bool is_marked = memmem(text + first, end - first, mark, sizeof(mark) - 1) != NULL;

		if (end > first && (is_marked || !is_error)) {
			line = str_of(text + first, end - first);
			is_error = is_error || is_marked;
		}
		first = end + 1;
	}
	return line;
}

/* What it wrote, or the end of that where it was much; the file goes. */
static size_t take_output(const char *path, char *out, size_t max)
{
	FILE *file = fopen(path, "re");
	size_t len = 0;

	if (file != NULL) {
		(void)fseek(file, 0, SEEK_END);
		if (ftell(file) > (long)max) {
			(void)fseek(file, -(long)max, SEEK_END);
		} else {
			(void)fseek(file, 0, SEEK_SET);
		}
		len = fread(out, 1, max, file);
		(void)fclose(file);
	}
	(void)unlink(path);
	return len;
}

/* *out_len bytes of output are in `out`, at most OUTPUT_BYTES_MAX. */
static enum err run(const char *const *argv, int *out_status, char *out, size_t *out_len,
	struct backup_fault *fault)
{
	char output[] = "/tmp/guanjia-program-XXXXXX";
	struct process_start start = {.argv = argv, .output = output, .death_signal = SIGTERM};
	int fd = mkstemp(output);
	pid_t child;

	if (fd < 0) {
		return backup_fail(fault, ERR_OUTPUT, "'%s': %s", output, strerror(errno));
	}
	(void)close(fd);
	child = process_start(&start);
	if (child == 0) {
		(void)unlink(output);
		return backup_fail(
			fault, ERR_CONFIG, "'%.400s' cannot be started: %s", argv[0], strerror(errno));
	}
	while (!process_wait(child, LOOK_MS, out_status)) {
	}
	*out_len = take_output(output, out, OUTPUT_BYTES_MAX);
	if (WIFEXITED(*out_status) && WEXITSTATUS(*out_status) == 127) {
		return backup_fail(fault, ERR_CONFIG,
			"'%.400s' cannot be executed; install postgresql-15, or set postgres_bin", argv[0]);
	}
	return ERR_OK;
}

enum err backup_program_run(
	const char *const *argv, enum err failed, const char *what, struct backup_fault *out_fault)
{
	char output[OUTPUT_BYTES_MAX];
	struct str line;
	size_t len = 0;
	int status = 0;
	enum err err = run(argv, &status, output, &len, out_fault);

	if (err != ERR_OK || (WIFEXITED(status) && WEXITSTATUS(status) == 0)) {
		return err;
	}
	line = telling_line(output, len);
	if (line.len == 0) {
		return backup_fail(out_fault, failed, "%.300s: ended with status %d", what, status);
	}
	return backup_fail(
		out_fault, failed, "%.300s: %.*s", what, (int)size_min(line.len, 400), line.ptr);
}

static void path_of(const struct config *config, const char *name, char out[PATH_MAX])
{
	(void)snprintf(out, PATH_MAX, "%s/%s", config->postgres_bin, name);
}

enum err backup_program_copy(const struct config *config, const char *conninfo, const char *target,
	struct backup_fault *out_fault)
{
	char program[PATH_MAX];
	const char *const argv[] = {program, "--dbname", conninfo, "--pgdata", target,
		"--wal-method=stream", "--checkpoint=fast", "--manifest-checksums=SHA256", "--no-password",
		"--label=guanjia", config->postgres_fsync ? NULL : "--no-sync", NULL};

	path_of(config, "pg_basebackup", program);
	return backup_program_run(argv, ERR_OUTPUT, "the database could not be copied", out_fault);
}

enum err backup_program_verify(
	const struct config *config, const char *cluster, struct backup_fault *out_fault)
{
	char program[PATH_MAX];
	char what[300];
	const char *const argv[] = {program, "--exit-on-error", "--quiet", cluster, NULL};

	path_of(config, "pg_verifybackup", program);
	(void)snprintf(what, sizeof(what), "'%.250s' is not as it was taken", cluster);
	return backup_program_run(argv, ERR_BACKUP, what, out_fault);
}

enum err backup_program_version(
	const struct config *config, uint64_t *out, struct backup_fault *out_fault)
{
	char output[OUTPUT_BYTES_MAX];
	char program[PATH_MAX];
	const char *const argv[] = {program, "--version", NULL};
	const char *digits;
	size_t len = 0;
	int status = 0;
	enum err err;

	path_of(config, "postgres", program);
	err = run(argv, &status, output, &len, out_fault);
	if (err != ERR_OK) {
		return err;
	}
	output[size_min(len, OUTPUT_BYTES_MAX - 1)] = '\0';
	digits = strpbrk(output, "0123456789");
	if (status != 0 || digits == NULL) {
		return backup_fail(out_fault, ERR_CONFIG, "'%.400s' does not say its version", program);
	}
	*out = strtoull(digits, NULL, 10);
	return ERR_OK;
}
