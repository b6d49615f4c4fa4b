/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small town to work in: two people with a device, two communities with a team each, a crew. Ids are
 * made of a kind and a number, so that a case can name any of them.
 */
#pragma once

#include <libpq-fe.h>

#include "common/uuid.h"

#define TOWN_NOW INT64_C(1795432800000000) /* 2026-11-23T11:20:00Z, 19:20 in Shanghai */

enum town_kind {
	TOWN_ACCOUNT = 0xA0,
	TOWN_DEVICE,
	TOWN_COMMUNITY,
	TOWN_TEAM,
	TOWN_CREW,
	TOWN_RECORD
};

/* Accounts 1 and 2, device 1, communities 1 (Asia/Shanghai) and 2 (UTC), their teams, crew 1. */
struct uuid town_id(enum town_kind kind, uint32_t n);

/* Into a migrated database, as superuser. */
void town_build(PGconn *super);
/* Takes everything out again but the town itself. */
void town_clear(PGconn *super);
/* Rows of a table, or of what follows FROM. */
int town_count(PGconn *super, const char *from);
/* Text by a format; static, good until the fourth after it. */
const char *town_text(const char *format, ...) printf_like(1, 2);
