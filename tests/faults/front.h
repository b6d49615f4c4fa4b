/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HAProxy in front of two servers, by the configuration that is shipped (docs/examples/haproxy.cfg) with
 * the test's own addresses in it, and one frontend more: what comes in by `far` is said to come from
 * FRONT_FAR_ADDRESS.
 */
#pragma once

#include "tests/live/server.h"

#define FRONT_FAR_ADDRESS "192.0.2.7"

struct front {
	char config_path[LIVE_PATH_MAX];
	char log_path[LIVE_PATH_MAX];
	pid_t pid;
	int pid_fd;
	uint16_t port; /* of clients */
	uint16_t far_port;
};

/* Before live_begin, which leaves root: opens the example. False where HAProxy is not installed. */
bool front_prepare(void);

/* After live_begin, when both servers are ready; ends with the thread that starts it. */
void front_begin(struct front *front, const struct live_server *one, const struct live_server *two);
void front_end(struct front *front);

/* A server as its clients see it through the front: for connecting only, not to be started or ended. */
struct live_server front_view(const struct live_server *server, uint16_t port);
