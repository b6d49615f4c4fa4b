/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernel knows of a process that says nothing about itself: guanjiad is not dumpable, so how
 * many descriptors it has is for root alone. A child that stays root looks; where the test was not
 * started by root nobody can, and the server's own counters have to do.
 */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "common/base.h"

/* Before live_begin. */
void vitals_begin(void);

/* Its open descriptors; 0 where nobody can look. */
size_t vitals_descriptors(pid_t pid);

/* Waits until it has no more than so many; true also where nobody can look. */
bool vitals_await_descriptors(pid_t pid, size_t most) must_check;

/* Its memory in KiB (RSS). */
size_t vitals_memory_kib(pid_t pid);
