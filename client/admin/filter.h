/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which complaints are asked for, by the options that `complaint list` and `complaint count` share.
 */
#pragma once

#include "complaint.pb-c.h"

#include "common/err.h"
#include "common/uuid.h"

#define FILTER_STATES_MAX 32
#define FILTER_KINDS_MAX 16
#define FILTER_TEAMS_MAX 32

struct app;

/* The request, and everything that it points to. */
struct filter {
	Pb__ComplaintList request;
	Pb__Complaint__State states[FILTER_STATES_MAX];
	Pb__Complaint__Kind kinds[FILTER_KINDS_MAX];
	struct uuid teams[FILTER_TEAMS_MAX];
	ProtobufCBinaryData team_ids[FILTER_TEAMS_MAX];
};

void filter_init(struct filter *filter);
/* What can be wrong without asking anybody; then the names, for which it connects. */
enum err filter_words(struct app *app, struct filter *filter) must_check;
enum err filter_names(struct app *app, struct filter *filter) must_check;
/* Both, for what takes a list inside: without limit and cursor, in the app's arena. */
enum err filter_build(struct app *app, Pb__ComplaintList **out) must_check;
