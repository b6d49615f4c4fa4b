/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Children of this program, and other processes as /proc shows them: started with nothing of ours but
 * their output, asked for by directory and program rather than by number alone, because numbers are
 * used again.
 */
#pragma once

#include <sys/types.h>

#include "common/base.h"

struct process_start {
	const char *const *argv; /* NULL-terminated; argv[0] is the program's path */
	const char *output;      /* its standard output and error: a file, begun anew */
	int death_signal;        /* what the kernel sends it when the thread that started it ends */
};

/*
 * Starts a child in a session of its own (so that a Ctrl-C is not for it), with an environment of its
 * own, default signals and no descriptor of ours. 0 with errno where that fails; a program that cannot
 * be executed is a child that exits with 127.
 *
 * The kernel's death signal is armed by the child itself and not by setpriv(1), which would leave a
 * moment between fork and exec in which a parent's end goes unseen.
 */
pid_t process_start(const struct process_start *start) must_check;

/* Waits for a child's end, at most so long; true and reaped, with *out_status as of waitpid. */
bool process_wait(pid_t child, int64_t wait_ms, int *out_status) must_check;

/*
 * Processes of our account that run a program of this name with this working directory, zombies not
 * counted; at most `max` of them are stored.
 */
size_t process_find(const char *program, const char *directory, pid_t *out, size_t max);

/* Whether this one is such a process. */
bool process_is(pid_t pid, const char *program, const char *directory);

void process_sleep_ms(int64_t ms);
