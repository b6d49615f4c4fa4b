/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What this process takes of the machine, as the kernel says. What it does not say is 0.
 */
#pragma once

#include "common/base.h"

struct usage {
	uint64_t cpu_us;         /* user and system, all threads, since its start */
	uint64_t resident_bytes; /* proc(5): statm */
	uint64_t fd_count;
	uint64_t fd_max;
};

void usage_take(struct usage *out);
