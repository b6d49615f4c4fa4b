/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between UTC microseconds and what people write: local times of a named time zone, by the
 * machine's time zone database.
 *
 * It sets TZ of the whole process; this program has one thread that uses it.
 */
#pragma once

#include "common/base.h"
#include "common/span.h"

#define WHEN_ZONE_DEFAULT "Asia/Shanghai"
#define WHEN_TEXT_MAX 32

/* False for a name that the database does not hold (glibc would take it for UTC, silently). */
bool when_zone_is_known(const char *zone);

/*
 * Reads '2026-11-24 10:00', also with seconds, with T between, with / for -, without the time (then
 * it is 00:00), or with Z or +08:00 behind it (then the zone is not used).
 *
 *   zone     known
 *   returns  false, and *out_us is untouched, for anything else, for a day that does not exist, and
 *            for an hour that a change of clocks leaves out; of one that comes twice it is the
 *            first or second as mktime decides
 */
bool when_parse(struct str text, const char *zone, int64_t *out_us) must_check;

/* '2026-11-24 10:00', and '2026-11-24 10:00:07' where seconds are wanted. */
void when_format(int64_t us, const char *zone, char out[WHEN_TEXT_MAX]);
void when_format_seconds(int64_t us, const char *zone, char out[WHEN_TEXT_MAX]);
