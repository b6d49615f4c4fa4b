/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whoever started this program as a service and wants to hear how it is (systemd, Type=notify): told when it
 * serves, reads its settings anew, and stops. A datagram to the socket that NOTIFY_SOCKET names, so no library
 * of theirs. Where nobody wants to hear, all of this does nothing; whether it is heard changes nothing here.
 *
 *   source   sd_notify(3), "Notes"
 */
#pragma once

#include "common/base.h"

enum supervisor_word {
	SUPERVISOR_READY, /* it serves; also after a reload */
	SUPERVISOR_RELOADING,
	SUPERVISOR_STOPPING,
};

struct supervisor {
	int fd; /* owned; a connected datagram socket, closed on exec. -1: nobody wants to hear */
};

/* Before the first word, and before there is a thread; the environment is read once. */
void supervisor_open(struct supervisor *supervisor);

/* Never waits; NULL says nothing. */
void supervisor_tell(
	const struct supervisor *supervisor, enum supervisor_word word, int64_t mono_us);

/* May be called twice. */
void supervisor_close(struct supervisor *supervisor);
