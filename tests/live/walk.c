/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/live/walk.h"

#include "common/clock.h"
#include "complaint.pb-c.h"
#include "proto/codec.h"
#include "server/domain/complaint.h"

#define MINUTE_US (INT64_C(60) * US_PER_S)
#define DAY_US (INT64_C(24) * 3600 * US_PER_S)
#define WINDOW_US (INT64_C(2) * 3600 * US_PER_S)

static void pack(struct walk *walk, const ProtobufCMessage *message)
{
	walk->body_bytes = protobuf_c_message_get_packed_size(message);
	assert(walk->body_bytes <= sizeof(walk->body));
	(void)protobuf_c_message_pack(message, walk->body);
}

/* Receipt.SignMethod */
enum { SIGN_CODE = 1, SIGN_NOBODY = 4 };

static void pack_submit(struct walk *walk)
{
	Pb__ComplaintSubmit in = PB__COMPLAINT_SUBMIT__INIT;

	in.has_community_id = in.has_kind = in.has_channel = in.has_place_id = true;
	in.community_id = live_bytes(&walk->site->community_id);
	in.kind = PB__COMPLAINT__KIND__REPAIR;
	in.channel = PB__COMPLAINT__CHANNEL__PHONE;
	in.place_id = live_bytes(&walk->site->place_id);
	in.contact_phone = walk->manner.phone[0] == '\0' ? NULL : walk->manner.phone;
	in.title = (char *)(uintptr_t) "三单元水管漏水";
	in.text = (char *)(uintptr_t) "厨房水管漏水，请尽快派人维修。";
	pack(walk, &in.base);
}

/* Steps that say nothing but which complaint, and on which version: fields 1 to 3 of each message. */
static void pack_plain(struct walk *walk)
{
	Pb__ComplaintAccept in = PB__COMPLAINT_ACCEPT__INIT;

	in.has_community_id = in.has_complaint_id = in.has_version = true;
	in.community_id = live_bytes(&walk->site->community_id);
	in.complaint_id = live_bytes(&walk->complaint_id);
	in.version = walk->done_count;
	pack(walk, &in.base);
}

static void pack_book(struct walk *walk)
{
	Pb__ComplaintBook in = PB__COMPLAINT_BOOK__INIT;
	Pb__TimeWindow window = PB__TIME_WINDOW__INIT;

	in.has_community_id = in.has_complaint_id = in.has_version = true;
	in.community_id = live_bytes(&walk->site->community_id);
	in.complaint_id = live_bytes(&walk->complaint_id);
	in.version = walk->done_count;
	window.has_from_us = window.has_to_us = true;
	window.from_us = clock_now().utc_us + DAY_US;
	window.to_us = window.from_us + WINDOW_US;
	if (walk->manner.from_us != 0) {
		window.from_us = walk->manner.from_us;
		window.to_us = window.from_us + MINUTE_US;
	}
	in.window = &window;
	in.has_crew_id = in.has_worker_id = !uuid_is_nil(walk->manner.worker_id);
	in.crew_id = live_bytes(&walk->site->crew_id);
	in.worker_id = live_bytes(&walk->manner.worker_id);
	pack(walk, &in.base);
}

static void pack_dispatch(struct walk *walk)
{
	Pb__ComplaintDispatch in = PB__COMPLAINT_DISPATCH__INIT;

	in.has_community_id = in.has_complaint_id = in.has_version = true;
	in.community_id = live_bytes(&walk->site->community_id);
	in.complaint_id = live_bytes(&walk->complaint_id);
	in.version = walk->done_count;
	in.has_crew_id = uuid_is_nil(walk->manner.worker_id); /* else those booked are sent */
	in.crew_id = live_bytes(&walk->site->crew_id);
	pack(walk, &in.base);
}

static void pack_done(struct walk *walk)
{
	static uint8_t hash[32] = {0x5a};
	ProtobufCBinaryData photo = {sizeof(hash), hash};
	Pb__ComplaintDone in = PB__COMPLAINT_DONE__INIT;

	in.has_community_id = in.has_complaint_id = in.has_version = true;
	in.community_id = live_bytes(&walk->site->community_id);
	in.complaint_id = live_bytes(&walk->complaint_id);
	in.version = walk->done_count;
	in.result = (char *)(uintptr_t) "更换软管，试水正常。";
	in.n_photos = 1;
	in.photos = &photo;
	pack(walk, &in.base);
}

static void pack_signature(struct walk *walk, const char *one_time_code)
{
	Pb__ComplaintSign in = PB__COMPLAINT_SIGN__INIT;

	in.has_community_id = in.has_complaint_id = in.has_version = in.has_sign_method = true;
	in.community_id = live_bytes(&walk->site->community_id);
	in.complaint_id = live_bytes(&walk->complaint_id);
	in.version = walk->done_count;
	in.sign_method = one_time_code == NULL ? SIGN_NOBODY : SIGN_CODE;
	in.one_time_code = (char *)(uintptr_t)one_time_code;
	pack(walk, &in.base);
}

static void pack_sign(struct walk *walk)
{
	pack_signature(walk, NULL);
}

void walk_sign_by(struct walk *walk, const char *one_time_code)
{
	assert(walk->done_count == WALK_SIGN);
	pack_signature(walk, one_time_code);
}

static const struct {
	enum method method;
	enum complaint_step step;
	enum complaint_state after;
	void (*pack)(struct walk *walk);
} steps[] = {
	{METHOD_complaint_submit, COMPLAINT_STEP_SUBMIT, COMPLAINT_SUBMITTED, pack_submit},
	{METHOD_complaint_accept, COMPLAINT_STEP_ACCEPT, COMPLAINT_ACCEPTED, pack_plain},
	{METHOD_complaint_book, COMPLAINT_STEP_BOOK, COMPLAINT_SCHEDULED, pack_book},
	{METHOD_complaint_dispatch, COMPLAINT_STEP_DISPATCH, COMPLAINT_DISPATCHED, pack_dispatch},
	{METHOD_complaint_arrive, COMPLAINT_STEP_ARRIVE, COMPLAINT_ON_SITE, pack_plain},
	{METHOD_complaint_done, COMPLAINT_STEP_DONE, COMPLAINT_ON_SITE, pack_done},
	{METHOD_complaint_sign, COMPLAINT_STEP_SIGN, COMPLAINT_WORK_DONE, pack_sign},
	{METHOD_complaint_verify, COMPLAINT_STEP_VERIFY, COMPLAINT_PENDING_CONFIRMATION, pack_plain},
	{METHOD_complaint_confirm, COMPLAINT_STEP_CONFIRM, COMPLAINT_CLOSED, pack_plain},
};
static_assert(COUNT(steps) == WALK_STEPS, "a row a step");

int walk_step(unsigned step)
{
	assert(step < WALK_STEPS);
	return (int)steps[step].step;
}

int walk_state_after(unsigned step)
{
	assert(step < WALK_STEPS);
	return (int)steps[step].after;
}

static void prepare(struct walk *walk)
{
	walk->key = live_key();
	if (walk->done_count == 0) {
		walk->complaint_id = walk->key;
	}
	steps[walk->done_count].pack(walk);
}

void walk_begin_in(
	struct walk *walk, const struct live_site *site, const struct walk_manner *manner)
{
	*walk = (struct walk){.site = site, .manner = *manner};
	prepare(walk);
}

void walk_begin(struct walk *walk, const struct live_site *site)
{
	struct walk_manner manner = {.phone = ""};

	walk_begin_in(walk, site, &manner);
}

struct client_ask walk_ask(const struct walk *walk)
{
	assert(walk->done_count < WALK_STEPS);
	return (struct client_ask){
		.method = &method_rows[steps[walk->done_count].method],
		.body = span_of(walk->body, walk->body_bytes),
		.key = span_of(walk->key.bytes, UUID_BYTES),
	};
}

bool walk_on(struct walk *walk)
{
	assert(walk->done_count < WALK_STEPS);
	walk->done_count++;
	if (walk->done_count == WALK_STEPS) {
		return false;
	}
	prepare(walk);
	return true;
}

/* The replies of all steps but the submission are alike: field 1 is the version. */
uint32_t walk_reply_version(const struct client_result *result)
{
	if (result->method == &method_rows[METHOD_complaint_submit]) {
		return ((const Pb__ComplaintSubmitReply *)result->message)->version;
	}
	return ((const Pb__ComplaintAcceptReply *)result->message)->version;
}

const char *walk_reply_number(const struct client_result *result)
{
	const Pb__ComplaintSubmitReply *reply = (const Pb__ComplaintSubmitReply *)result->message;
	bool is_submission = result->method == &method_rows[METHOD_complaint_submit];

	return is_submission && reply->number != NULL ? reply->number : "";
}

bool walk_is_heard(struct live_client *watcher, const struct walk *walk, uint64_t *xid)
{
	struct client_result *result = live_next(watcher, CLIENT_EVENT, LIVE_WAIT_MS);
	const Pb__ComplaintEvent *event;
	bool is_it;

	if (result == NULL || result->message == NULL) {
		client_result_free(result);
		return false;
	}
	event = (const Pb__ComplaintEvent *)result->message;
	is_it = memcmp(event->complaint_id.data, walk->complaint_id.bytes, UUID_BYTES) == 0 &&
	        event->version == walk->done_count + 1 && result->position_xid > *xid;
	*xid = result->position_xid;
	client_result_free(result);
	return is_it;
}
