/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/promise_sheet.h"

#include <ctype.h>
#include <strings.h>

#include "client/admin/i18n.h"
#include "client/admin/label.h"

#define MINUTES_DIGITS_MAX 7 /* more than the server lets in, and no overflow */

const struct sheet_column promise_columns[PROMISE_COLUMN_COUNT] = {
	[PROMISE_COLUMN_KIND] = {"kind", "类型", false},
	[PROMISE_COLUMN_SUBKIND] = {"subkind", "子类", false},
	[PROMISE_COLUMN_CHANNEL] = {"channel", "渠道", false},
	[PROMISE_COLUMN_URGENCY] = {"urgency", "紧急程度", false},
	[PROMISE_COLUMN_CLOCK] = {"clock", "计时", false},
	[PROMISE_COLUMN_FIRST_TERM + 0] = {"ack_min", "回执", false},
	[PROMISE_COLUMN_FIRST_TERM + 1] = {"accept_min", "受理", false},
	[PROMISE_COLUMN_FIRST_TERM + 2] = {"book_min", "预约", false},
	[PROMISE_COLUMN_FIRST_TERM + 3] = {"arrive_min", "到场", false},
	[PROMISE_COLUMN_FIRST_TERM + 4] = {"advise_min", "建议", false},
	[PROMISE_COLUMN_FIRST_TERM + 5] = {"resolve_min", "办结", false},
	[PROMISE_COLUMN_FIRST_TERM + 6] = {"followup_min", "回访", false},
};

static const char *const calendar_words[] = {
	[PB__PROMISE_ROW__CALENDAR__EVERY_HOUR] = "24x7",
	[PB__PROMISE_ROW__CALENDAR__SERVICE_HOURS] = "service_hours",
	[PB__PROMISE_ROW__CALENDAR__WORKING_DAYS] = "working_days",
};

/* Why the server refuses a cell, in whole sentences; the first that fits. A column of NULL is any. */
static const struct {
	const char *column;
	const char *code;
	const char *reason;
} reasons[] = {
	{"kind", "NAME_TAKEN", N_("another row has the same kind, subkind and channel")},
	{"channel", "FIELD_INVALID", N_("what is imported has no clocks")},
	{NULL, "FIELD_MISSING", N_("is empty")},
	{NULL, "FIELD_ENUM", N_("is none of the possible values")},
	{NULL, "FIELD_RANGE", N_("is not between 1 and 129600 minutes")},
	{NULL, "FIELD_INVALID",
		N_("A is for arrive_min and resolve_min only, X for resolve_min of the channel AUTHORITY")},
};

/* While one row is read. */
struct taking {
	struct promise_sheet *out;
	struct arena *arena;
	size_t number;
};

static void complain(
	struct taking *taking, enum promise_column column, const char *code, const char *reason)
{
	taking->out->problems[taking->out->problem_count++] =
		(struct sheet_problem){taking->number, promise_columns[column].name, code, reason};
}

/* False for an empty cell, and for one that is a problem now. */
static bool take_enum(struct taking *taking, enum promise_column column,
	const ProtobufCEnumDescriptor *type, struct str cell, int *out)
{
	if (cell.len == 0) {
		return false;
	}
	if (label_parse(type, cell, out)) {
		return true;
	}
	complain(taking, column, "FIELD_ENUM", _("is none of the possible values"));
	return false;
}

static bool take_calendar(struct taking *taking, struct str cell, int *out)
{
	for (size_t i = 1; i < COUNT(calendar_words); i++) {
		if (cell.len == strlen(calendar_words[i]) &&
			strncasecmp(cell.ptr, calendar_words[i], cell.len) == 0) {
			*out = (int)i;
			return true;
		}
	}
	return take_enum(
		taking, PROMISE_COLUMN_CLOCK, &pb__promise_row__calendar__descriptor, cell, out);
}

static bool take_minutes(struct str digits, uint32_t *out)
{
	uint32_t minutes = 0;

	if (digits.len == 0 || digits.len > MINUTES_DIGITS_MAX) {
		return false;
	}
	for (size_t i = 0; i < digits.len; i++) {
		if (!isdigit((unsigned char)digits.ptr[i])) {
			return false;
		}
		minutes = minutes * 10 + (uint32_t)(digits.ptr[i] - '0');
	}
	*out = minutes;
	return true;
}

/* "30", "A", "X", "X-1440"; the term's clock is set already. */
static bool take_term(struct str cell, Pb__PromiseTerm *out)
{
	out->has_kind = out->has_minutes = true;
	if (str_equal(cell, STR("A")) || str_equal(cell, STR("a"))) {
		out->kind = PB__PROMISE_TERM__KIND__APPOINTMENT;
		out->has_minutes = false;
		return true;
	}
	if (cell.ptr[0] == 'X' || cell.ptr[0] == 'x') {
		out->kind = PB__PROMISE_TERM__KIND__DEADLINE;
		return cell.len == 1 ||
		       (cell.ptr[1] == '-' &&
				   take_minutes(str_of(cell.ptr + 2, cell.len - 2), &out->minutes));
	}
	out->kind = PB__PROMISE_TERM__KIND__MINUTES;
	return take_minutes(cell, &out->minutes);
}

static void take_terms(struct taking *taking, Pb__PromiseRow *row, const struct str *cells)
{
	size_t max = PROMISE_COLUMN_COUNT - PROMISE_COLUMN_FIRST_TERM;
	Pb__PromiseTerm *made = arena_alloc(taking->arena, max * sizeof *made);

	row->terms = arena_alloc(taking->arena, max * sizeof *row->terms);
	for (size_t i = 0; !taking->arena->failed && i < max; i++) {
		enum promise_column column = (enum promise_column)(PROMISE_COLUMN_FIRST_TERM + i);

		if (cells[column].len == 0) {
			continue;
		}
		pb__promise_term__init(&made[i]);
		made[i].has_clock = true;
		made[i].clock = (Pb__Clock__Number)(i + 1);
		if (!take_term(cells[column], &made[i])) {
			complain(taking, column, "FIELD_INVALID",
				_("is neither minutes, nor A, nor X with minutes, as X-1440"));
			continue;
		}
		row->terms[row->n_terms++] = &made[i];
	}
}

static void take_row(struct taking *taking, Pb__PromiseRow *row, const struct str *cells)
{
	int value = 0;

	pb__promise_row__init(row);
	row->has_kind = take_enum(taking, PROMISE_COLUMN_KIND, &pb__complaint__kind__descriptor,
		cells[PROMISE_COLUMN_KIND], &value);
	row->kind = (Pb__Complaint__Kind)value;
	row->has_subkind = take_enum(taking, PROMISE_COLUMN_SUBKIND,
		&pb__complaint__subkind__descriptor, cells[PROMISE_COLUMN_SUBKIND], &value);
	row->subkind = (Pb__Complaint__Subkind)value;
	row->has_channel = take_enum(taking, PROMISE_COLUMN_CHANNEL,
		&pb__complaint__channel__descriptor, cells[PROMISE_COLUMN_CHANNEL], &value);
	row->channel = (Pb__Complaint__Channel)value;
	row->has_urgency = take_enum(taking, PROMISE_COLUMN_URGENCY,
		&pb__complaint__urgency__descriptor, cells[PROMISE_COLUMN_URGENCY], &value);
	row->urgency = (Pb__Complaint__Urgency)value;
	row->has_calendar = take_calendar(taking, cells[PROMISE_COLUMN_CLOCK], &value);
	row->calendar = (Pb__PromiseRow__Calendar)value;
	take_terms(taking, row, cells);
}

bool promise_sheet_take(const struct sheet *sheet, struct arena *arena, struct promise_sheet *out)
{
	Pb__PromiseRow *made = arena_alloc(arena, (sheet->count + 1) * sizeof *made);

	*out = (struct promise_sheet){.count = sheet->count};
	out->rows = arena_alloc(arena, (sheet->count + 1) * sizeof *out->rows);
	out->numbers = arena_alloc(arena, (sheet->count + 1) * sizeof *out->numbers);
	out->problems =
		arena_alloc(arena, (sheet->count * PROMISE_COLUMN_COUNT + 1) * sizeof *out->problems);
	for (size_t i = 0; !arena->failed && i < sheet->count; i++) {
		struct taking taking = {out, arena, sheet->rows[i].number};

		take_row(&taking, &made[i], sheet->rows[i].cells);
		out->numbers[i] = sheet->rows[i].number;
		out->rows[i] = &made[i];
	}
	return !arena->failed;
}

static const char *column_of(const char *field)
{
	return strcmp(field, "calendar") == 0 ? promise_columns[PROMISE_COLUMN_CLOCK].name : field;
}

/* "a row for every REPAIR" in the person's language. */
static const char *reason_of_all(struct arena *arena, const char *allowed)
{
	const char *kind = allowed == NULL ? NULL : strrchr(allowed, ' ');

	return arena_c_string(
		arena, arena_printf(arena, _("no row fits every complaint of the kind: %s"),
				   kind == NULL ? "" : label_of_name("Complaint.Kind", kind + 1)));
}

static const char *reason_of(struct arena *arena, const Pb__PromiseProblem *problem)
{
	if (!problem->has_row) {
		return reason_of_all(arena, problem->allowed);
	}
	for (size_t i = 0; i < COUNT(reasons); i++) {
		if (strcmp(reasons[i].code, problem->code) == 0 &&
			(reasons[i].column == NULL || strcmp(reasons[i].column, problem->field) == 0)) {
			return _(reasons[i].reason);
		}
	}
	return arena_c_string(
		arena, str_from_c(problem->allowed == NULL ? problem->code : problem->allowed));
}

void promise_sheet_add(
	struct promise_sheet *sheet, const Pb__PromiseProposeReply *reply, struct arena *arena)
{
	sheet->problems = arena_alloc(arena, (reply->n_problems + 1) * sizeof *sheet->problems);
	sheet->problem_count = 0;
	for (size_t i = 0; sheet->problems != NULL && i < reply->n_problems; i++) {
		const Pb__PromiseProblem *problem = reply->problems[i];

		if (problem->field == NULL || problem->code == NULL ||
			(problem->has_row && (problem->row < 1 || problem->row > sheet->count))) {
			continue;
		}
		sheet->problems[sheet->problem_count++] =
			(struct sheet_problem){problem->has_row ? sheet->numbers[problem->row - 1] : 0,
				arena_c_string(arena, str_from_c(column_of(problem->field))),
				arena_c_string(arena, str_from_c(problem->code)), reason_of(arena, problem)};
	}
}

static struct str value_name(
	struct arena *arena, bool has, const ProtobufCEnumDescriptor *type, int value)
{
	const ProtobufCEnumValue *row = protobuf_c_enum_descriptor_get_value(type, value);

	return !has ? STR("") : row == NULL ? arena_printf(arena, "%d", value) : str_from_c(row->name);
}

static struct str term_text(struct arena *arena, const Pb__PromiseTerm *term)
{
	switch (term->kind) {
	case PB__PROMISE_TERM__KIND__MINUTES:
		return arena_printf(arena, "%u", (unsigned)term->minutes);
	case PB__PROMISE_TERM__KIND__APPOINTMENT:
		return STR("A");
	case PB__PROMISE_TERM__KIND__DEADLINE:
		return arena_printf(arena, "X-%u", (unsigned)term->minutes);
	case _PB__PROMISE_TERM__KIND_IS_INT_SIZE:
		break;
	}
	return STR("?"); /* of a later server */
}

void promise_cells(
	const Pb__PromiseRow *row, struct arena *arena, struct str out[PROMISE_COLUMN_COUNT])
{
	for (size_t i = 0; i < PROMISE_COLUMN_COUNT; i++) {
		out[i] = STR("");
	}
	out[PROMISE_COLUMN_KIND] =
		value_name(arena, row->has_kind, &pb__complaint__kind__descriptor, (int)row->kind);
	out[PROMISE_COLUMN_SUBKIND] =
		value_name(arena, row->has_subkind, &pb__complaint__subkind__descriptor, (int)row->subkind);
	out[PROMISE_COLUMN_CHANNEL] =
		value_name(arena, row->has_channel, &pb__complaint__channel__descriptor, (int)row->channel);
	out[PROMISE_COLUMN_URGENCY] =
		value_name(arena, row->has_urgency, &pb__complaint__urgency__descriptor, (int)row->urgency);
	if (row->has_calendar && row->calendar >= 1 && (size_t)row->calendar < COUNT(calendar_words)) {
		out[PROMISE_COLUMN_CLOCK] = str_from_c(calendar_words[row->calendar]);
	}
	for (size_t i = 0; i < row->n_terms; i++) {
		int clock = (int)row->terms[i]->clock;

		if (clock >= 1 && clock <= PROMISE_COLUMN_COUNT - PROMISE_COLUMN_FIRST_TERM) {
			out[PROMISE_COLUMN_FIRST_TERM + clock - 1] = term_text(arena, row->terms[i]);
		}
	}
}
