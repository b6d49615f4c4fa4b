/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Step 2. We hold the lock, so nobody needs what still runs here. PostgreSQL's own pid file is believed
 * only about processes that run `postgres` in the cluster's directory: numbers are used again, and a
 * file that names a stranger would keep PostgreSQL from starting. It goes once nothing of the cluster
 * is left, and so does the lock beside the socket, which names the same number.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/span.h"
#include "server/data_file.h"
#include "server/db/embedded_init.h"
#include "server/db/process.h"

/*
 * For a clean end; then its children are killed, and recovery comes anyway. PostgreSQL 15 never ends by
 * itself when it is told to while it starts anew after the crash of a child: nobody tells the new
 * checkpointer.
 */
#define STOP_MS INT64_C(5000)
#define QUIT_MS INT64_C(5000)
#define POLL_MS INT64_C(2)
#define LEFTOVER_MAX 256
#define PID_FILE_BYTES_MAX 4096

static enum err fail(struct embedded_fault *fault, enum err err, const char *what, const char *why)
{
	(void)snprintf(fault->text, sizeof(fault->text), "%.300s: %.180s", what, why);
	return err;
}

pid_t embedded_read_pid_file(const char *cluster, bool *out_ready)
{
	char path[EMBEDDED_PATH_MAX + 16];
	uint8_t bytes[PID_FILE_BYTES_MAX];
	const char *line = (const char *)bytes;
	size_t len = 0;

	*out_ready = false;
	(void)snprintf(path, sizeof(path), "%s/postmaster.pid", cluster);
	if (!data_file_read(path, bytes, sizeof(bytes) - 1, &len)) {
		return 0;
	}
	bytes[len] = '\0';
	for (int number = 1; number < 8 && line != NULL; number++) { /* pidfile.h: line 8 */
		line = strchr(line, '\n');
		line = line == NULL ? NULL : line + 1;
	}
	*out_ready = line != NULL && strncmp(line, "ready", 5) == 0;
	return (pid_t)strtol((const char *)bytes, NULL, 10);
}

static bool wait_until_gone(pid_t pid, const char *cluster, int64_t wait_ms)
{
	int64_t deadline_us = clock_now().mono_us + wait_ms * US_PER_MS;

	while (process_is(pid, "postgres", cluster)) {
		if (clock_now().mono_us >= deadline_us) {
			return false;
		}
		process_sleep_ms(POLL_MS);
	}
	return true;
}

/*
 * Backends whose postmaster is dead would end with their statement, and until then hold the shared
 * memory that a new postmaster needs. They are sent what the postmaster would have sent: recovery comes
 * anyway. The log collector ignores it, and ends when they have.
 */
static bool stop_leftovers(const char *cluster)
{
	int64_t begin_us = clock_now().mono_us;
	pid_t left[LEFTOVER_MAX];
	size_t count;

	while ((count = process_find("postgres", cluster, left, COUNT(left))) > 0) {
		int64_t waited_us = clock_now().mono_us - begin_us;

		if (waited_us > 2 * QUIT_MS * US_PER_MS) {
			return false;
		}
		for (size_t i = 0; i < count; i++) {
			(void)kill(left[i], waited_us > QUIT_MS * US_PER_MS ? SIGKILL : SIGQUIT);
		}
		process_sleep_ms(POLL_MS);
	}
	return true;
}

enum err embedded_stop_orphan(const struct embedded *embedded, struct embedded_fault *out_fault)
{
	char cluster[EMBEDDED_PATH_MAX];
	char pid_file[EMBEDDED_PATH_MAX];
	char socket_lock[EMBEDDED_PATH_MAX];
	bool ready;
	pid_t pid;

	embedded_path(embedded, "pg", cluster);
	embedded_path(embedded, "pg/postmaster.pid", pid_file);
	(void)snprintf(socket_lock, sizeof(socket_lock), "%s/.s.PGSQL." EMBEDDED_PORT ".lock",
		embedded->socket_dir);
	pid = embedded_read_pid_file(cluster, &ready);
	if (process_is(pid, "postgres", cluster)) {
		log_line(embedded->log, LOG_WARN, "embedded.orphan", "pid=%ld", (long)pid);
		(void)kill(pid, SIGINT);
		(void)wait_until_gone(pid, cluster, STOP_MS);
	}
	if (!stop_leftovers(cluster)) {
		return fail(out_fault, ERR_TRY_LATER, cluster, "an earlier PostgreSQL does not end");
	}
	if (unlink(pid_file) != 0 && errno != ENOENT) {
		return fail(out_fault, ERR_CONFIG, pid_file, strerror(errno));
	}
	if (unlink(socket_lock) != 0 && errno != ENOENT) {
		return fail(out_fault, ERR_CONFIG, socket_lock, strerror(errno));
	}
	return ERR_OK;
}
