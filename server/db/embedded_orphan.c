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

/* SIGINT once, and time to end cleanly; false where there is nobody, or the time is over. */
static bool is_postmaster_ending(struct embedded *embedded, const char *cluster, int64_t mono_us)
{
	bool ready;
	pid_t pid = embedded_read_pid_file(cluster, &ready);

	if (!process_is(pid, "postgres", cluster)) {
		return false;
	}
	if (embedded->clearing.asked_us == 0) {
		embedded->clearing.asked_us = mono_us;
		log_line(embedded->log, LOG_WARN, "embedded.orphan", "pid=%ld", (long)pid);
		(void)kill(pid, SIGINT);
	}
	return mono_us - embedded->clearing.asked_us < STOP_MS * US_PER_MS;
}

/*
 * Backends whose postmaster is dead would end with their statement, and until then hold the shared
 * memory that a new postmaster needs. They are sent what the postmaster would have sent: recovery comes
 * anyway. The log collector ignores it, and ends when they have.
 */
static enum embedded_look clear_leftovers(
	struct embedded *embedded, const char *cluster, int64_t mono_us)
{
	pid_t left[LEFTOVER_MAX];
	size_t count = process_find("postgres", cluster, left, COUNT(left));
	int64_t waited_us;

	if (count == 0) {
		return EMBEDDED_DONE;
	}
	if (embedded->clearing.quit_us == 0) {
		embedded->clearing.quit_us = mono_us;
	}
	waited_us = mono_us - embedded->clearing.quit_us;
	if (waited_us > 2 * QUIT_MS * US_PER_MS) {
		return EMBEDDED_FAILED;
	}
	for (size_t i = 0; i < count; i++) {
		(void)kill(left[i], waited_us > QUIT_MS * US_PER_MS ? SIGKILL : SIGQUIT);
	}
	return EMBEDDED_WAIT;
}

/* The files that name it: a stranger may have its number by now. */
static enum embedded_look remove_marks(
	const struct embedded *embedded, struct embedded_fault *out_fault)
{
	char pid_file[EMBEDDED_PATH_MAX];
	char socket_lock[EMBEDDED_PATH_MAX];

	embedded_path(embedded, "pg/postmaster.pid", pid_file);
	(void)snprintf(socket_lock, sizeof(socket_lock), "%s/.s.PGSQL." EMBEDDED_PORT ".lock",
		embedded->socket_dir);
	if (unlink(pid_file) != 0 && errno != ENOENT) {
		(void)fail(out_fault, ERR_CONFIG, pid_file, strerror(errno));
		return EMBEDDED_FAILED;
	}
	if (unlink(socket_lock) != 0 && errno != ENOENT) {
		(void)fail(out_fault, ERR_CONFIG, socket_lock, strerror(errno));
		return EMBEDDED_FAILED;
	}
	return EMBEDDED_DONE;
}

enum embedded_look embedded_clear(
	struct embedded *embedded, int64_t mono_us, struct embedded_fault *out_fault)
{
	char cluster[EMBEDDED_PATH_MAX];
	enum embedded_look look;

	embedded_path(embedded, "pg", cluster);
	if (is_postmaster_ending(embedded, cluster, mono_us)) {
		return EMBEDDED_WAIT;
	}
	look = clear_leftovers(embedded, cluster, mono_us);
	if (look == EMBEDDED_FAILED) {
		(void)fail(out_fault, ERR_TRY_LATER, cluster, "an earlier PostgreSQL does not end");
	}
	return look == EMBEDDED_DONE ? remove_marks(embedded, out_fault) : look;
}

enum err embedded_stop_orphan(struct embedded *embedded, struct embedded_fault *out_fault)
{
	enum embedded_look look;

	embedded->clearing = (struct embedded_clearing){0};
	while ((look = embedded_clear(embedded, clock_now().mono_us, out_fault)) == EMBEDDED_WAIT) {
		process_sleep_ms(POLL_MS);
	}
	return look == EMBEDDED_DONE ? ERR_OK : ERR_TRY_LATER;
}
