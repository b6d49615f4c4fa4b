/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first administrator of an empty database: nobody is there yet who could make an account over the
 * protocol. Only bootstrap.c includes this.
 */
#pragma once

#include "server/bootstrap.h"

struct bootstrap_admin {
	const char *login;
	int password_fd;
	uint32_t hash_kib;
};

/* ERR_OK also where accounts exist: then nothing is read and nothing is made. */
enum err bootstrap_admin(const char *owner, const struct bootstrap_admin *admin, struct log *log,
	struct bootstrap_fault *out_fault);
