/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The complaint that a command is about, from what was typed:
 *
 *   an id                 as it is; its community as place_community says, or as it was seen before
 *   20261123-0001         among the complaints seen last (recent.h); where it is not there,
 *                         the newest of the community are listed once
 *   beginning of an id    among the complaints seen last
 *
 * Everything here leaves the reason of a failure in app->fault.
 */
#pragma once

#include <protobuf-c/protobuf-c.h>

#include "common/err.h"
#include "common/uuid.h"

#include "client/admin/recent.h"

struct app;

struct target {
	struct uuid community_id;
	struct uuid complaint_id;
	char name[UUID_TEXT_LEN + 1]; /* its number where that is known, else its id */
};

/* ERR_OK | NOT_FOUND | USAGE (more than one) | what asking failed with; connects. */
enum err target_find(struct app *app, const char *text, struct target *out) must_check;

/* The version to act on: that of --version, or else the present one, which is asked for. */
enum err target_version(struct app *app, const struct target *target, uint32_t *out) must_check;

/* A complaint that was shown. */
struct target_seen {
	ProtobufCBinaryData community_id;
	ProtobufCBinaryData complaint_id;
	const char *number;
};

/* From now on it can be called by its number; one without is passed over. */
void target_remember(struct recent *recent, const struct target_seen *seen);
