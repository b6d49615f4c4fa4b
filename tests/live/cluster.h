/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A PostgreSQL that is not the server's own, and what can be done to any: stopping it in its tracks,
 * killing it. Processes are told by the cluster's directory, as the server itself tells them.
 */
#pragma once

#include "server/db/embedded.h"
#include "tests/live/server.h"

/* One that the test owns: roles and an empty database, to be given to servers. */
struct live_cluster {
	char dir[LIVE_PATH_MAX];       /* stands for a data directory; dir/pg is the cluster */
	char place[LIVE_PATH_MAX];     /* dir/pg */
	char super[2 * LIVE_PATH_MAX]; /* connection strings */
	char app_set[640];             /* "database=…", for live_server_init */
	char owner_set[640];           /* "database_owner=…" */
	struct config config;
	struct log log;
	struct embedded embedded;
};

/* Makes it and starts it; durable unless fsync is false. */
void live_cluster_init(struct live_cluster *cluster, bool fsync);
void live_cluster_fini(struct live_cluster *cluster);
/* The two halves of that: where it will be, and its first start, with whatever stands there by then. */
void live_cluster_place(struct live_cluster *cluster, bool fsync);
void live_cluster_begin(struct live_cluster *cluster);

/* kill -9 of the postmaster, reaped; its children notice by themselves. */
void live_cluster_kill(struct live_cluster *cluster);
/* A clean, fast shutdown. */
void live_cluster_stop(struct live_cluster *cluster);
/* Starts it again after either. */
void live_cluster_start(struct live_cluster *cluster);

/* SIGSTOP to every process of the cluster in this directory: nothing is refused, nothing answers. */
void live_pause(const char *place);
/* SIGCONT to all of them. */
void live_go_on(const char *place);

/* SIGKILL to all of them at once, as if the machine had lost its power for a moment. */
void live_kill_all(const char *place);
/* SIGKILL to one of them that is not the postmaster, whose number decides which; nothing where none is. */
void live_kill_child(const char *place, pid_t postmaster, uint64_t number);
