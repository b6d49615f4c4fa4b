/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A step inside complaint.try: between begin and end the request is the step's own, whose functions see nothing else.
 * Whoever begins ends, in the same function.
 */
#pragma once

#include "server/request.h"

/* Lives in request.state; what else a step sees of the request is the step's while its functions run. */
struct trying {
	const struct method_row *row;
	const struct method_impl *impl;
	enum right right;
	const ProtobufCMessage *message;
	void *state;
	const struct method_row *outer_row;
	enum right outer_right;
	const ProtobufCMessage *outer_message;
	size_t key_query; /* which of the queries; with has_key */
	bool has_key;
};

/* One that may be tried, by its method's name; false where it is none. */
bool trying_find(struct str name, struct trying *trying) must_check;

void trying_begin(struct request *r, struct trying *trying);
void trying_end(struct request *r, struct trying *trying);
