/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One call that fails: a page of memory that a test and guanjiad_nth share. The program is guanjiad with
 * nth_hook.c in it, which counts the calls of nth.def and lets one of them fail. Where the page is, says
 * NTH_VARIABLE in the program's environment; without it nothing is counted.
 *
 *     nth_open(&nth);  nth_arm(&nth, NTH_PQ, 17);  …the 17th call of libpq fails…  nth_disarm(&nth);
 */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

#include "common/base.h"

#define NTH_VARIABLE "GUANJIA_FAIL_NTH"
#define NTH_SYMBOL_BYTES 32

/* What is counted together. */
enum nth_class {
	NTH_MEMORY_SERVER, /* what our own code asks for */
	NTH_MEMORY_TLS,    /* what libssl and libcrypto ask for */
	NTH_MEMORY_PQ,     /* what libpq asks for */
	NTH_MEMORY_UV,     /* what libuv asks for */
	NTH_MEMORY_OTHER,  /* libargon2, libjansson */
	NTH_READ,          /* of sockets, by whomever */
	NTH_WRITE,         /* to sockets, by whomever; to the log */
	NTH_TLS,           /* our calls of libssl and libcrypto */
	NTH_PQ,            /* our calls of libpq */
	NTH_CLASS_COUNT,
};

struct nth_page {
	_Atomic int armed;             /* an enum nth_class; -1: nothing is counted */
	_Atomic uint64_t at;           /* the call that fails, counted from 1; 0: none does */
	_Atomic uint64_t count;        /* calls since it was armed */
	_Atomic bool is_hit;           /* one has failed */
	char symbol[NTH_SYMBOL_BYTES]; /* which function that was; valid once is_hit */
};

struct nth {
	struct nth_page *page; /* shared */
};

/* After live_begin: makes the page, and puts its place into the environment. */
void nth_open(struct nth *nth);

/* From now on calls of the class are counted, and the n-th fails; 0: they are only counted. */
void nth_arm(struct nth *nth, enum nth_class class, uint64_t n);

/* Returns how many were counted. */
uint64_t nth_disarm(struct nth *nth);
