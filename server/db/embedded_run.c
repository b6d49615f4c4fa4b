/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The private PostgreSQL while the loop runs: one look at a time. What is left of a dead one has to go
 * before the next can start, and that one replays the log before it takes connections.
 */
#include <signal.h>

#include "common/clock.h"
#include "server/db/embedded_init.h"

#define ALIVE_MS INT64_C(250) /* between two looks, by what there is to see */
#define CLEAR_MS INT64_C(20)  /* … which reads all of /proc */
#define START_MS INT64_C(10)
#define RETRY_MS INT64_C(1000) /* after a failure */

static void begin_clearing(struct embedded *embedded, int64_t look_mono_us)
{
	embedded->step = EMBEDDED_CLEARING;
	embedded->clearing = (struct embedded_clearing){0};
	embedded->look_mono_us = look_mono_us;
}

static void fail_and_wait(
	struct embedded *embedded, const struct embedded_fault *fault, int64_t mono_us)
{
	char quoted[sizeof(fault->text) * 2];

	log_line(embedded->log, LOG_ERROR, "embedded.failed", "why=%s",
		log_quote(quoted, str_from_c(fault->text)));
	begin_clearing(embedded, mono_us + RETRY_MS * US_PER_MS);
}

static void go_on_clearing(struct embedded *embedded, int64_t mono_us)
{
	struct embedded_fault fault = {""};
	enum embedded_look look = embedded_clear(embedded, mono_us, &fault);

	if (look == EMBEDDED_WAIT) {
		embedded->look_mono_us = mono_us + CLEAR_MS * US_PER_MS;
	} else if (look == EMBEDDED_FAILED || embedded_begin_start(embedded, &fault) != ERR_OK) {
		fail_and_wait(embedded, &fault, mono_us);
	} else {
		embedded->step = EMBEDDED_STARTING;
		embedded->begun_mono_us = mono_us;
		embedded->look_mono_us = mono_us + START_MS * US_PER_MS;
	}
}

static void go_on_starting(struct embedded *embedded, int64_t mono_us)
{
	struct embedded_fault fault = {""};

	switch (embedded_look_start(embedded, &fault)) {
	case EMBEDDED_DONE:
		embedded->step = EMBEDDED_RUNNING;
		embedded->look_mono_us = mono_us + ALIVE_MS * US_PER_MS;
		return;
	case EMBEDDED_WAIT:
		if (mono_us - embedded->begun_mono_us >= EMBEDDED_START_MS * US_PER_MS) {
			(void)kill(embedded->pid, SIGKILL); /* seen as dead by the next look */
		}
		embedded->look_mono_us = mono_us + START_MS * US_PER_MS;
		return;
	case EMBEDDED_FAILED:
		fail_and_wait(embedded, &fault, mono_us);
		return;
	}
	unreachable();
}

void embedded_run(struct embedded *embedded, int64_t mono_us)
{
	if (mono_us < embedded->look_mono_us) {
		return;
	}
	switch (embedded->step) {
	case EMBEDDED_RUNNING:
		embedded->look_mono_us = mono_us + ALIVE_MS * US_PER_MS;
		if (!embedded_check(embedded)) {
			embedded->death_count++;
			begin_clearing(embedded, mono_us);
		}
		return;
	case EMBEDDED_CLEARING:
		go_on_clearing(embedded, mono_us);
		return;
	case EMBEDDED_STARTING:
		go_on_starting(embedded, mono_us);
		return;
	}
	unreachable();
}

int64_t embedded_due(const struct embedded *embedded)
{
	return embedded->look_mono_us;
}
