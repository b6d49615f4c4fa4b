/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/live/wait.h"

#include <errno.h>
#include <poll.h>
#include <sys/wait.h>

#include "common/clock.h"

int64_t live_until(int64_t ms)
{
	return clock_now().mono_us + ms * US_PER_MS;
}

int live_left_ms(int64_t until_us)
{
	int64_t left_us = until_us - clock_now().mono_us;

	return left_us <= 0 ? 0 : (int)((left_us + US_PER_MS - 1) / US_PER_MS);
}

bool live_wait(int fd, short events, int64_t until_us)
{
	struct pollfd one = {.fd = fd, .events = events};

	for (;;) {
		int count = poll(&one, 1, live_left_ms(until_us));

		if (count > 0) {
			return true;
		}
		if (count == 0) {
			return false;
		}
		assert(errno == EINTR);
	}
}

bool live_wait_child(int pid_fd, int64_t until_us, int *out_status)
{
	siginfo_t info = {0};
	int failed;

	if (!live_wait(pid_fd, POLLIN, until_us)) {
		return false;
	}
	failed = waitid(P_PIDFD, (id_t)pid_fd, &info, WEXITED);
	assert(failed == 0);
	*out_status =
		info.si_code == CLD_EXITED ? W_EXITCODE(info.si_status, 0) : W_EXITCODE(0, info.si_status);
	return true;
}
