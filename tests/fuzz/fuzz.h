/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What libFuzzer asks of a target, and what it offers. A target is two functions: one that tries an
 * input, and one that makes a new input of an old one. replay.c stands in for libFuzzer where the
 * compiler has none, and runs the stored inputs as an ordinary test.
 *
 *   source   llvm.org/docs/LibFuzzer.html, FuzzerInterface.h; hence the names
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Aborts on a finding; else 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a target prepares once; not every one has it. */
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

/* Changes data in place; returns its new size, at most size_max. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed);

/* An assert that no build leaves out. */
static inline void must(bool holds)
{
	if (!holds) {
		abort();
	}
}

/* Given: a change that knows nothing of messages. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t size_max);
