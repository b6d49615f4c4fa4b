/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The complaint that a command is about, from what was typed:
 *
 *   20261123-0001         the server is asked, in --community, or else in all of the account's
 *   an id                 as it is; its community as --community says, or as it was seen before, or as
 *                         place_community says
 *   beginning of an id    among the complaints seen last (recent.h)
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
	uint32_t version;             /* the present one; 0: the server was not asked yet */
	char name[UUID_TEXT_LEN + 1]; /* its number where that is known, else its id */
};

/* ERR_OK | NOT_FOUND | USAGE (more than one) | what asking failed with; connects. */
enum err target_find(struct app *app, const char *text, struct target *out) must_check;

/* Sees to it that the present version and the number are known. */
enum err target_ask(struct app *app, struct target *target) must_check;

/* The version to act on: that of --version, or else the present one, which is asked for. */
enum err target_version(struct app *app, struct target *target, uint32_t *out) must_check;

/* From now on a complaint that was shown can be called by the beginning of its id. */
void target_remember(
	struct recent *recent, ProtobufCBinaryData community_id, ProtobufCBinaryData complaint_id);
