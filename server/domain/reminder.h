/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When an owner who does not answer is reminded, pure: on days 1, 3 and 7 after the question, and when
 * somebody may be written to at all. Source: service standards §3.3, row PENDING_CONFIRMATION → CLOSED.
 *
 *   asked ──day 1──▶ reminder ──day 3──▶ reminder ──day 7──▶ reminder ──▶ a person decides, never the clock
 *
 * What is kept of it is one time, when the next reminder is due; it is none when all of them are through.
 * Days are elapsed days of 24 hours. Whoever was away for a week makes up for the latest one only.
 */
#pragma once

#include "common/base.h"

#define REMINDER_COUNT 3

/* Elapsed days after which an owner is reminded, in order. */
extern const int reminder_days[REMINDER_COUNT];

/* The clock of a place at one moment. */
struct reminder_clock {
	int64_t now_us;
	int32_t offset_s; /* local time less UTC: 28800 in China */
};

/* The first one, of an owner who is asked at this time. */
int64_t reminder_first_us(int64_t pending_us);

/*
 * This moment where owners may be written to, else the next at which they may: from 9 to 20 hours of their
 * clock. Where that is put forward or back in the night, it is looked at again in the morning.
 */
int64_t reminder_daytime_us(const struct reminder_clock *clock);

enum reminder_verdict {
	REMINDER_NONE,  /* nothing is due */
	REMINDER_LATER, /* due, but not in the night */
	REMINDER_NOW,
};

struct reminder_plan {
	enum reminder_verdict verdict;
	int day;         /* with NOW: one of reminder_days */
	int64_t next_us; /* when to look again: with NOW 0 behind the last of them */
};

/*
 *   pending_us  since when the owner's word is awaited
 *   remind_us   when the next reminder was due; 0: they are through
 */
struct reminder_plan reminder_plan(
	int64_t pending_us, int64_t remind_us, const struct reminder_clock *clock);
