/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a step says to the owner: a message into `outgoing` and one-time codes, in the step's own
 * transaction. The step was loaded with state.tells. An owner without a telephone is told nothing.
 */
#pragma once

#include "server/method/complaint/complaint_step.h"
#include "server/notice.h"
#include "server/outgoing.h"

/* Number of Receipt.Purpose. */
enum code_purpose { CODE_SIGN = 1, CODE_CONFIRM = 2, CODE_WITHDRAW = 3, CODE_REOPEN = 4 };

#define CODE_LIVES_US (INT64_C(10) * 60 * 1000000)
#define CODE_AGAIN_US (INT64_C(60) * 1000000) /* not more often than this */

/* Is there a telephone to write to? */
bool complaint_has_phone(const struct request *r);

/*
 * Can somebody be asked for a signature on site? Not where nobody can be sent a code, and not a protected
 * reporter: a code asked for at a door would tell whose door it is.
 */
bool complaint_can_be_signed(const struct request *r);

/* Community, number and times of this step, with these words; in the arena. */
struct notice_facts complaint_facts(const struct request *r, struct str text);

/* One message a step; nothing without a telephone. */
void complaint_tell(struct request *r, enum outgoing_kind kind, struct str text);
void complaint_tell_notice(
	struct request *r, enum outgoing_kind kind, enum notice notice, struct str text);

/*
 * A new one-time code, and the message that brings it: `before` stands above it (a receipt's code), or is empty.
 * False, and nothing done, without a telephone.
 */
bool complaint_tell_code(
	struct request *r, enum outgoing_kind kind, enum code_purpose purpose, struct str before);
