/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The data directory: everything that one server keeps. It belongs to one account, is open to nobody
 * else, and is held by one process at a time.
 *
 *   guanjiad.lock   held by flock while a server runs; holds its pid, for people
 *   guanjia.conf    settings, written by people
 *   keys/  tls/     server/keys.h, server/cert.h
 *   pg/  pg-socket/ server/db/embedded.h
 *   outgoing/       server/spool.c
 *
 * Root starts this program only to leave root: before anything else is made, the directory is given to
 * the account and the process becomes it for good. Nothing in a process that holds keys is ever written
 * to a core file.
 */
#pragma once

#include "common/err.h"
#include "server/config.h"

#define DATA_DIR_ACCOUNT "guanjia"
#define DATA_DIR_ROOT_DEFAULT "/var/lib/guanjia"
#define DATA_DIR_DEFAULT "run"
#define DATA_DIR_PATH_MAX 1024

struct data_dir {
	char path[DATA_DIR_PATH_MAX]; /* absolute, without links; also the working directory now */
	int lock_fd;                  /* owned; closed on exec, so no child keeps the lock */
	bool is_held;                 /* lock_fd is open */
};

/* What went wrong, for the person at the keyboard. */
struct data_dir_fault {
	char text[512];
};

/*
 * Chooses, makes, leaves root, locks, in this order, and goes there. A directory that is neither empty
 * nor a data directory is refused and not touched.
 *
 *   given     --data, or NULL: DATA_DIR_ROOT_DEFAULT for root, else DATA_DIR_DEFAULT here
 *   account   whom root becomes: DATA_DIR_ACCOUNT; tests say another
 *   returns   ERR_OK | ERR_CONFIG | ERR_TRY_LATER (another process holds it; the fault names its pid)
 */
enum err data_dir_open(
	struct data_dir *dir, const char *given, const char *account, struct data_dir_fault *out_fault);

/*
 * Goes to a data directory that is there, as the account whose it is, and takes no lock: for who works
 * beside the server that has it. Root becomes that account.
 *
 *   given     as above
 *   returns   ERR_OK | ERR_CONFIG
 */
enum err data_dir_visit(struct data_dir *dir, const char *given, struct data_dir_fault *out_fault);

/* Gives the lock back. */
void data_dir_close(struct data_dir *dir);
