/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One run of the program: what was typed, whom it acts as, and the connection. main owns it;
 * commands borrow it, print to standard output, and leave the reason of a failure in `fault`.
 */
#pragma once

#include "common/arena.h"

#include "client/admin/fault.h"
#include "client/admin/option.h"
#include "client/admin/profile.h"
#include "client/loop/client_loop.h"

#define APP_ARENA_BYTES_MAX (64 * 1024 * 1024)

struct app {
	const struct command_row *command;
	struct options options;
	struct fault fault; /* set by whatever returned something else than ERR_OK */
	struct arena arena; /* lives until the end of the run */
	bool is_json;
	uint32_t timeout_ms; /* 0: none was given */
	struct instant started;
	struct profile profile; /* with has_profile */
	bool has_profile;
	struct client_loop loop; /* with is_linked */
	bool is_linked;
	SSL_SESSION *session;         /* of TLS, for when the connection is made anew; NULL: none */
	bool is_guest;                /* nobody logs in: the method is for anyone */
	struct client_result *places; /* reply of community.list, asked once; NULL: not yet */
};

void app_init(struct app *app);
void app_fini(struct app *app);

/* The profile that was asked for by name: valid, but perhaps there is none. */
enum err app_profile_name(struct app *app, const char **out) must_check;

/* Loads the profile, once. */
enum err app_profile(struct app *app) must_check;

/*
 * Acts as nobody: only the server and its authority are needed, from --server and --ca together or from
 * the profile.
 */
enum err app_guest(struct app *app) must_check;

/* Of an option; NULL where it was not given. */
const char *app_option(const struct app *app, enum option_id option);

/* A whole number of an option or argument; USAGE where it is none, or not from min to max. */
enum err app_number(struct app *app, const char *name, const char *text, uint32_t min, uint32_t max,
	uint32_t *out) must_check;

/* A local time of the profile's zone. */
enum err app_time(struct app *app, enum option_id option, int64_t *out_us) must_check;

/* A value of an enum, by its name or its words. */
enum err app_enum(struct app *app, const char *name, const ProtobufCEnumDescriptor *type,
	const char *text, int *out) must_check;

/* The text of an option; "-" stands for standard input, without the line feed at its end. */
enum err app_text(struct app *app, enum option_id option, const char **out) must_check;

/* The profile's local time, in the app's arena. */
const char *app_show_time(struct app *app, int64_t us);
