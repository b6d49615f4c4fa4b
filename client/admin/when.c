/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/when.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"

#define ZONE_FOLDER "/usr/share/zoneinfo"

bool when_zone_is_known(const char *zone)
{
	const char *folder = getenv("TZDIR");
	char path[PATH_MAX];
	int len;

	if (zone[0] == '\0' || zone[0] == '/' || zone[0] == ':' || zone[0] == '.' ||
		strstr(zone, "..") != NULL || !isalpha((unsigned char)zone[0])) {
		return false;
	}
	len = snprintf(path, sizeof(path), "%s/%s", folder == NULL ? ZONE_FOLDER : folder, zone);
	return len > 0 && (size_t)len < sizeof(path) && access(path, R_OK) == 0;
}

/* From here on localtime_r and mktime mean this zone. */
static void enter(const char *zone)
{
	const char *present = getenv("TZ");

	if (present == NULL || strcmp(present, zone) != 0) {
		(void)setenv("TZ", zone, 1);
		tzset();
	}
}

/* Takes 1 to `digits` digits; false where there is none. */
static bool take_number(struct str *text, size_t digits, int *out)
{
	size_t len = 0;
	int value = 0;

	while (len < digits && len < text->len && isdigit((unsigned char)text->ptr[len])) {
		value = value * 10 + (text->ptr[len] - '0');
		len++;
	}
	*text = str_of(text->ptr + len, text->len - len);
	*out = value;
	return len > 0;
}

/* Takes exactly two digits, 00 to `max`. */
static bool take_two(struct str *text, int max, int *out)
{
	struct str before = *text;

	return take_number(text, 2, out) && before.len - text->len == 2 && *out <= max;
}

/* Takes one character that is in `set`; returns it, or 0. */
static char take_one(struct str *text, const char *set)
{
	if (text->len == 0 || text->ptr[0] == '\0' || strchr(set, text->ptr[0]) == NULL) {
		return 0;
	}
	*text = str_of(text->ptr + 1, text->len - 1);
	return text->ptr[-1];
}

static bool take_date(struct str *text, struct tm *out)
{
	int year;
	char mark;

	if (!take_number(text, 4, &year) || year < 1970) {
		return false;
	}
	mark = take_one(text, "-/");
	if (mark == 0 || !take_number(text, 2, &out->tm_mon)) {
		return false;
	}
	if (take_one(text, "-/") != mark || !take_number(text, 2, &out->tm_mday)) {
		return false;
	}
	out->tm_year = year - 1900;
	out->tm_mon--;
	return out->tm_mon >= 0 && out->tm_mon < 12 && out->tm_mday >= 1 && out->tm_mday <= 31;
}

/* ":07", and ".250" behind it, which is dropped. */
static bool take_seconds(struct str *text, struct tm *out)
{
	int fraction;

	if (take_one(text, ":") == 0) {
		return true;
	}
	if (!take_two(text, 59, &out->tm_sec)) {
		return false;
	}
	return take_one(text, ".") == 0 || take_number(text, 9, &fraction);
}

static bool take_time(struct str *text, struct tm *out)
{
	if (take_one(text, "T ") == 0) {
		return true; /* a day by itself begins at 00:00 */
	}
	if (!take_number(text, 2, &out->tm_hour) || out->tm_hour > 23) {
		return false;
	}
	return take_one(text, ":") != 0 && take_two(text, 59, &out->tm_min) && take_seconds(text, out);
}

/* "Z", "+08:00", "+0800", "-05"; *out_has says whether there was one. */
static bool take_offset(struct str *text, bool *out_has, int *out_seconds)
{
	int hours;
	int minutes = 0;
	char sign;

	*out_has = true;
	*out_seconds = 0;
	if (take_one(text, "Z") != 0) {
		return true;
	}
	sign = take_one(text, "+-");
	if (sign == 0) {
		*out_has = false;
		return true;
	}
	if (!take_two(text, 14, &hours)) {
		return false;
	}
	(void)take_one(text, ":");
	if (text->len > 0 && !take_two(text, 59, &minutes)) {
		return false;
	}
	*out_seconds = (hours * 3600 + minutes * 60) * (sign == '-' ? -1 : 1);
	return true;
}

/* mktime and timegm move what does not exist (30 February) to what does; that is no answer here. */
static bool is_same_moment(const struct tm *a, const struct tm *b)
{
	return a->tm_year == b->tm_year && a->tm_mon == b->tm_mon && a->tm_mday == b->tm_mday &&
	       a->tm_hour == b->tm_hour && a->tm_min == b->tm_min && a->tm_sec == b->tm_sec;
}

bool when_parse(struct str text, const char *zone, int64_t *out_us)
{
	struct tm local = {.tm_isdst = -1};
	struct tm made;
	bool has_offset;
	int offset_s;
	time_t seconds;

	if (!take_date(&text, &local) || !take_time(&text, &local)) {
		return false;
	}
	if (!take_offset(&text, &has_offset, &offset_s) || text.len > 0) {
		return false;
	}
	made = local;
	if (has_offset) {
		seconds = timegm(&made);
	} else {
		enter(zone);
		seconds = mktime(&made);
	}
	if (!is_same_moment(&made, &local)) {
		return false;
	}
	*out_us = ((int64_t)seconds - offset_s) * US_PER_S;
	return true;
}

static void format(int64_t us, const char *zone, const char *shape, char out[WHEN_TEXT_MAX])
{
	/* Rounded down, also before 1970. */
	time_t seconds = (time_t)(us / US_PER_S - (us % US_PER_S < 0 ? 1 : 0));
	struct tm local;

	enter(zone);
	if (localtime_r(&seconds, &local) == NULL || strftime(out, WHEN_TEXT_MAX, shape, &local) == 0) {
		(void)snprintf(out, WHEN_TEXT_MAX, "?");
	}
}

void when_format(int64_t us, const char *zone, char out[WHEN_TEXT_MAX])
{
	format(us, zone, "%Y-%m-%d %H:%M", out);
}

void when_format_seconds(int64_t us, const char *zone, char out[WHEN_TEXT_MAX])
{
	format(us, zone, "%Y-%m-%d %H:%M:%S", out);
}
