/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/complaint/complaint_row.h"

#include "proto/codec.h"

/* COMPLAINT_COLUMNS of stmt.def, in their order. */
enum column {
	COLUMN_COMMUNITY_ID,
	COLUMN_COMPLAINT_ID,
	COLUMN_NUMBER,
	COLUMN_VERSION,
	COLUMN_KIND,
	COLUMN_STATE,
	COLUMN_CHANNEL,
	COLUMN_URGENCY,
	COLUMN_TITLE,
	COLUMN_TEXT,
	COLUMN_SUBMITTED,
	COLUMN_TEAM_ID,
	COLUMN_CREW_ID,
	COLUMN_WINDOW_FROM,
	COLUMN_WINDOW_TO,
	COLUMN_ARRIVED,
	COLUMN_WORK_DONE,
	COLUMN_RESULT,
	COLUMN_ENDED,
	COLUMN_RATING,
	COLUMN_CHANGED,
};

static ProtobufCBinaryData copy_uuid(
	struct arena *arena, const struct query *query, size_t row, enum column column)
{
	struct uuid id = row_uuid(query, row, (int)column);

	return codec_bytes(arena_span(arena, span_of(id.bytes, UUID_BYTES)));
}

static char *copy_text(
	struct arena *arena, const struct query *query, size_t row, enum column column)
{
	return row_is_null(query, row, (int)column)
	           ? NULL
	           : arena_c_string(arena, row_text(query, row, (int)column));
}

/* Present where the column is not null. */
static void set_time(protobuf_c_boolean *has, int64_t *out, const struct query *query, size_t row,
	enum column column)
{
	*has = !row_is_null(query, row, (int)column);
	*out = row_time(query, row, (int)column);
}

static void set_head(struct arena *arena, Pb__Complaint *out, const struct query *query, size_t row)
{
	out->has_community_id = out->has_complaint_id = out->has_version = out->has_kind = true;
	out->has_state = out->has_channel = out->has_urgency = out->has_team_id = true;
	out->community_id = copy_uuid(arena, query, row, COLUMN_COMMUNITY_ID);
	out->complaint_id = copy_uuid(arena, query, row, COLUMN_COMPLAINT_ID);
	out->number = copy_text(arena, query, row, COLUMN_NUMBER);
	out->version = (uint32_t)row_int4(query, row, COLUMN_VERSION);
	out->kind = (Pb__Complaint__Kind)row_int2(query, row, COLUMN_KIND);
	out->state = (Pb__Complaint__State)row_int2(query, row, COLUMN_STATE);
	out->channel = (Pb__Complaint__Channel)row_int2(query, row, COLUMN_CHANNEL);
	out->urgency = (Pb__Complaint__Urgency)row_int2(query, row, COLUMN_URGENCY);
	out->title = copy_text(arena, query, row, COLUMN_TITLE);
	out->text = copy_text(arena, query, row, COLUMN_TEXT);
	out->team_id = copy_uuid(arena, query, row, COLUMN_TEAM_ID);
	out->has_crew_id = !row_is_null(query, row, COLUMN_CREW_ID);
	if (out->has_crew_id) {
		out->crew_id = copy_uuid(arena, query, row, COLUMN_CREW_ID);
	}
}

static Pb__TimeWindow *window_of(struct arena *arena, const struct query *query, size_t row)
{
	Pb__TimeWindow *window;

	if (row_is_null(query, row, COLUMN_WINDOW_FROM)) {
		return NULL;
	}
	window = arena_new(arena, Pb__TimeWindow);
	if (window != NULL) {
		pb__time_window__init(window);
		set_time(&window->has_from_us, &window->from_us, query, row, COLUMN_WINDOW_FROM);
		set_time(&window->has_to_us, &window->to_us, query, row, COLUMN_WINDOW_TO);
	}
	return window;
}

Pb__Complaint *complaint_row_message(struct arena *arena, const struct query *query, size_t row)
{
	Pb__Complaint *out = arena_new(arena, Pb__Complaint);

	if (out == NULL) {
		return NULL;
	}
	pb__complaint__init(out);
	set_head(arena, out, query, row);
	out->window = window_of(arena, query, row);
	set_time(&out->has_submitted_us, &out->submitted_us, query, row, COLUMN_SUBMITTED);
	set_time(&out->has_arrived_us, &out->arrived_us, query, row, COLUMN_ARRIVED);
	set_time(&out->has_work_done_us, &out->work_done_us, query, row, COLUMN_WORK_DONE);
	set_time(&out->has_ended_us, &out->ended_us, query, row, COLUMN_ENDED);
	set_time(&out->has_changed_us, &out->changed_us, query, row, COLUMN_CHANGED);
	out->result = copy_text(arena, query, row, COLUMN_RESULT);
	out->has_rating = !row_is_null(query, row, COLUMN_RATING);
	out->rating = (uint32_t)row_int2(query, row, COLUMN_RATING);
	return out;
}

size_t complaint_row_bytes(const struct query *query, size_t row)
{
	return 256 /* all but the texts */ + row_text(query, row, COLUMN_TITLE).len +
	       row_text(query, row, COLUMN_TEXT).len + row_text(query, row, COLUMN_RESULT).len;
}

struct area complaint_row_area(const struct query *query, size_t row, int64_t now_us)
{
	int64_t ended_us = row_time(query, row, COLUMN_ENDED);
	bool is_long_over = ended_us != 0 && now_us - ended_us > COMPLAINT_CREW_SEES_US;

	return (struct area){
		.community_id = row_uuid(query, row, COLUMN_COMMUNITY_ID),
		.team_id = row_uuid(query, row, COLUMN_TEAM_ID),
		.crew_id = is_long_over ? uuid_nil : row_uuid(query, row, COLUMN_CREW_ID),
	};
}

enum complaint_state complaint_row_state(const struct query *query, size_t row)
{
	return (enum complaint_state)row_int2(query, row, COLUMN_STATE);
}

uint32_t complaint_row_version(const struct query *query, size_t row)
{
	return (uint32_t)row_int4(query, row, COLUMN_VERSION);
}

int64_t complaint_row_submitted_us(const struct query *query, size_t row)
{
	return row_time(query, row, COLUMN_SUBMITTED);
}

struct uuid complaint_row_id(const struct query *query, size_t row)
{
	return row_uuid(query, row, COLUMN_COMPLAINT_ID);
}
