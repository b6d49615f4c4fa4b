/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The few words every file may use: counts, attributes, and the two ways to say "impossible".
 * Nothing here allocates, returns for its caller, or hides control flow.
 */
#pragma once

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The struct that holds `member`, from a pointer to that member. */
#define container_of(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

#define must_check __attribute__((warn_unused_result))
/* For a large buffer on the stack that is filled before it is read: the hardening flags would clear it. */
#define uncleared __attribute__((uninitialized))
#define printf_like(text, first) __attribute__((format(printf, text, first)))

/* Is this built with AddressSanitizer? Each compiler says so in its own way. */
#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif
#ifndef WITH_ASAN
#define WITH_ASAN 0
#endif

/* After a switch over an enum that has no default: a value outside the enum is a bug. */
#define unreachable() (assert(false && "unreachable"), __builtin_unreachable())

static inline size_t size_min(size_t a, size_t b)
{
	return a < b ? a : b;
}

static inline size_t size_max(size_t a, size_t b)
{
	return a > b ? a : b;
}
