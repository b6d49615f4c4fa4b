/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One run of the program that carries messages on: it is given the message as its standard input, and
 * what it says is thrown away, since it may be about people. Its exit code says whether it has taken
 * the message.
 *
 * The message is a file in memory and not a pipe: it is whole before the program begins, so nothing here
 * waits, and a program that outlives its server still reads all of it. The program has a session of its
 * own; killing it kills what it has started, too.
 *
 * It is not forked: a copy of the server's page tables, and each page faulted in again afterwards, would hold up
 * everybody whom this loop serves (docs/decisions.md, "A program is spawned, not forked").
 *
 *   start → has_ended → close → closed, and it can be started again
 */
#pragma once

#include <uv.h>

#include "common/span.h"

struct outgoing_program {
	uv_poll_t end; /* of pid_fd, which is readable once the program has ended */
	pid_t pid;
	int pid_fd;
	bool is_open;   /* the handle is the loop's: from start until closed */
	bool has_ended; /* set by the loop; code is there */
	bool is_killed; /* its time was over */
	int code;       /* its exit code; 128 + the signal that ended it */
};

/* What is run; all of it is borrowed until outgoing_program_start returns. */
struct outgoing_program_start {
	const char *file;
	const char *const *argv; /* NULL-terminated */
	struct str message;
};

/*
 * Starts it. Where that fails it has ended at once, with the code that a shell gives: 127 where there is no such
 * program, 126 where it cannot be run.
 */
void outgoing_program_start(
	struct outgoing_program *program, uv_loop_t *loop, const struct outgoing_program_start *start);

/* SIGKILL to it and what it has started; it then ends. */
void outgoing_program_kill(struct outgoing_program *program);

/* Gives the handle back; where it still runs nobody will hear of its end. May be called twice. */
void outgoing_program_close(struct outgoing_program *program);

/*
 * The guanjia-spool that lies beside this program, as a descriptor that can be executed; -1 with errno.
 * Called before root is left: the folder that we were started from may be closed to anybody else.
 */
int outgoing_program_find_spool(void);
