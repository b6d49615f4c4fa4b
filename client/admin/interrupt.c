/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/interrupt.h"

#include <signal.h>

static volatile sig_atomic_t has_come;

static void on_signal(int number)
{
	(void)number;
	has_come = 1;
}

void interrupt_watch(void)
{
	/* SA_RESETHAND: the next one is the system's. */
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};

	(void)sigemptyset(&action.sa_mask);
	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGTERM, &action, NULL);
}

bool interrupt_came(void)
{
	return has_come != 0;
}
