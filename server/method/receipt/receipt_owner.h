/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What owners do without a session: the receipt's code says which complaint, the one-time code who they
 * are. Their steps are those of the complaint's table, taken as OWNER; a method's file says which.
 */
#pragma once

#include "receipt.pb-c.h"
#include "server/method/complaint/complaint_code.h"

struct receipt_owner_ask {
	const char *code;          /* of the receipt, as typed */
	const char *one_time_code; /* NULL: the method asks for none */
	const char *reason;        /* NULL: the step wants none */
	enum code_purpose purpose;
	enum complaint_step step;
};

/* In check: the request's state is a complaint_step_state, told words and asked as this step. */
enum err receipt_owner_begin(struct request *r, const struct receipt_owner_ask *ask);

/* For the method's row. */
void receipt_owner_locate(struct request *r);
enum err receipt_owner_located(struct request *r);
void receipt_owner_load(struct request *r);
enum err receipt_owner_may(struct request *r);
enum err receipt_owner_decide(struct request *r);

/* Is the step one that the owner could take now, with a code? */
bool receipt_owner_can(
	const struct request *r, const struct complaint_record *record, enum complaint_step step);
/* The query of the newest code, after receipt_owner_load. */
const struct query *receipt_owner_code(const struct request *r);
/* The receipt whose code it is, after located. */
struct uuid receipt_owner_receipt(const struct request *r);
