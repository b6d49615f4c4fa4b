/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom this machine acts as, and towards which server: NAME.ini in the profile folder (home.h). One
 * machine can hold several.
 */
#pragma once

#include <limits.h>

#include "common/arena.h"
#include "common/err.h"
#include "common/span.h"
#include "common/uuid.h"

#include "client/admin/home.h"

struct fault;

#define PROFILE_NAME_DEFAULT "default"
#define PROFILE_PORT_DEFAULT 7443

struct profile {
	char name[HOME_NAME_MAX + 1];
	char host[256]; /* name or address, without brackets */
	uint16_t port;
	char ca_path[PATH_MAX]; /* absolute */
	char login[256];
	char zone[72];         /* of times typed and shown */
	char community[264];   /* the usual one, by name or id; empty: none */
	struct uuid device_id; /* made once, and kept when the profile changes */
};

/* "host", "host:7443", "[::1]:7443"; false, and the profile is untouched, for anything else. */
bool profile_set_server(struct profile *profile, const char *server) must_check;

/* Absolute, for a profile is used from other folders; returns an errno where it cannot be read now. */
int profile_set_ca(struct profile *profile, const char *path) must_check;

/* "host:7443", "[::1]:7443". */
struct str profile_server(const struct profile *profile, struct arena *arena);

/* The text of NAME.ini; CONFIG where a value cannot stand there. */
enum err profile_write(const struct profile *profile, struct arena *arena, struct str *out,
	struct fault *fault) must_check;

/* The other way; `name` is for the fault, and kept. */
enum err profile_parse(
	const char *name, const char *text, struct profile *out, struct fault *fault) must_check;

/* ERR_OK | NOT_FOUND, *fault saying so | CONFIG, where it is broken. */
enum err profile_load(const char *name, struct profile *out, struct fault *fault) must_check;
enum err profile_save(const struct profile *profile, struct fault *fault) must_check;
