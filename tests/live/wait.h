/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waiting for what happens, never for time to pass. Every wait has an end, and reaching it is a failure
 * of the test; LIVE_WAIT_MS is the usual one, long enough for sanitizers on a busy machine.
 */
#pragma once

#include <stdint.h>

#include "common/base.h"

#define LIVE_WAIT_MS 30000

/* So many milliseconds from now, on the monotonic clock. */
int64_t live_until(int64_t ms);

/* Milliseconds until then; 0 where it has passed. */
int live_left_ms(int64_t until_us);

/* Waits for poll(2)'s events on a descriptor, or for an end or error of it; false at until_us. */
bool live_wait(int fd, short events, int64_t until_us) must_check;

/* Waits for a child's end and reaps it; false, and it still runs, at until_us. Status as of waitpid(2). */
bool live_wait_child(int pid_fd, int64_t until_us, int *out_status) must_check;
