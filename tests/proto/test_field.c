/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that the codec enforces every row of field.def: a message that keeps to all rows is let
 * in, at their least and at their most; one that breaks exactly one row is refused with that row's
 * error and path. How: the messages are made from the rows themselves (specimen.h), so a new row is
 * tested as soon as it is written. Also that rows fit their fields, which the codec relies on.
 */
#include "proto/field.h"

#include "envelope.pb-c.h"
#include "proto/codec.h"
#include "proto/method.h"
#include "tests/check.h"
#include "tests/proto/specimen.h"

#define BYTES_MAX (4 * 1024 * 1024)
#define MESSAGES_MAX 512

static enum err check_specimen(struct specimen specimen, const ProtobufCMessageDescriptor *message,
	struct codec_fault *out_fault)
{
	struct buf bytes;
	enum err err;

	*out_fault = (struct codec_fault){0};
	buf_init(&bytes, BYTES_MAX);
	specimen_message(&specimen, message, &bytes);
	err = codec_check(message, buf_readable(&bytes), out_fault);
	buf_fini(&bytes);
	return err;
}

static const ProtobufCFieldDescriptor *field_of(const struct field_row *row)
{
	return protobuf_c_message_descriptor_get_field_by_name(row->message, row->name);
}

static bool is_signed(ProtobufCType type)
{
	return type == PROTOBUF_C_TYPE_INT32 || type == PROTOBUF_C_TYPE_SINT32 ||
	       type == PROTOBUF_C_TYPE_INT64 || type == PROTOBUF_C_TYPE_SINT64;
}

static int64_t max_of(ProtobufCType type)
{
	switch (type) {
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
		return INT32_MAX;
	case PROTOBUF_C_TYPE_UINT32:
		return UINT32_MAX;
	default:
		return INT64_MAX;
	}
}

static void test_row_is_found_by_message_and_name(void)
{
	for (size_t i = 0; i < field_row_count; i++) {
		const struct field_row *row = &field_rows[i];

		CHECK(field_of(row) != NULL);
		CHECK(field_row(row->message, row->name) == row);
		CHECK(field_row_at(
				  field_slot(row->message), (size_t)(field_of(row) - row->message->fields)) == row);
	}
	CHECK(field_row(&pb__hello__descriptor, "idle_ms") == NULL);
	CHECK(field_row(&pb__hello__descriptor, "no such field") == NULL);
	CHECK(field_row(&pb__pong__descriptor, "token") == NULL);
	CHECK(field_slot(&pb__pong__descriptor) == NULL);
	CHECK(field_row_at(NULL, 0) == NULL);
}

static void check_row_fits(const struct field_row *row)
{
	const ProtobufCFieldDescriptor *field = field_of(row);

	CHECK(row->min <= row->max);
	CHECK(row->measure == FIELD_NUMBER || row->min >= 0);
	switch (row->measure) {
	case FIELD_TEXT:
		CHECK(field->type == PROTOBUF_C_TYPE_STRING);
		return;
	case FIELD_BYTES:
		CHECK(field->type == PROTOBUF_C_TYPE_BYTES);
		return;
	case FIELD_NUMBER:
		/* The codec takes what is beyond INT64_MAX for negative, hence outside. */
		CHECK(is_signed(field->type) || row->min >= 0);
		CHECK(row->max <= max_of(field->type));
		return;
	case FIELD_ENUM:
		CHECK(field->type == PROTOBUF_C_TYPE_ENUM);
		return;
	case FIELD_COUNT:
		CHECK(field->label == PROTOBUF_C_LABEL_REPEATED);
		CHECK(row->max <= UINT32_MAX);
		return;
	case FIELD_PART:
		CHECK(field->type == PROTOBUF_C_TYPE_MESSAGE);
		return;
	}
	unreachable();
}

static void test_rows_fit_their_fields(void)
{
	for (size_t i = 0; i < field_row_count; i++) {
		check_row_fits(&field_rows[i]);
		if (check_failed()) {
			printf("# %s.%s\n", field_rows[i].message->short_name, field_rows[i].name);
			return;
		}
	}
}

static void test_what_keeps_to_the_rows_is_let_in(void)
{
	static const enum specimen_kind kinds[] = {
		SPECIMEN_LEAST, SPECIMEN_MODEST, SPECIMEN_MOST, SPECIMEN_RANDOM};
	struct codec_fault fault;

	for (size_t i = 0; i < field_row_count; i++) {
		for (size_t k = 0; k < COUNT(kinds); k++) {
			struct specimen specimen = {.kind = kinds[k], .random = i};

			CHECK_INT_EQ(check_specimen(specimen, field_rows[i].message, &fault), ERR_OK);
		}
	}
}

static void test_missing_is_refused_where_it_must_be_there(void)
{
	for (size_t i = 0; i < field_row_count; i++) {
		const struct field_row *row = &field_rows[i];
		struct specimen specimen = {
			.kind = SPECIMEN_MODEST, .flaw = FLAW_MISSING, .flawed = row, .member = 1};
		struct codec_fault fault;
		enum err err = check_specimen(specimen, row->message, &fault);

		CHECK_INT_EQ(err, row->is_must ? ERR_FIELD_MISSING : ERR_OK);
		CHECK_STR_EQ(fault.field, row->is_must ? row->name : "");
		CHECK_STR_EQ(fault.allowed, "");
	}
}

/* ERR_OK: there is nothing on that side of the row that its type can say. */
static enum err error_beyond(const struct field_row *row, enum specimen_flaw flaw)
{
	ProtobufCType type = field_of(row)->type;

	switch (row->measure) {
	case FIELD_TEXT:
	case FIELD_BYTES:
		return flaw == FLAW_BELOW && row->min == 0 ? ERR_OK : ERR_FIELD_LENGTH;
	case FIELD_COUNT: /* of none at all, presence decides */
		return flaw == FLAW_BELOW && row->min <= 1 ? ERR_OK : ERR_FIELD_LENGTH;
	case FIELD_NUMBER:
		if (flaw == FLAW_ABOVE && row->max == INT64_MAX && is_signed(type)) {
			return ERR_OK;
		}
		return ERR_FIELD_RANGE;
	case FIELD_ENUM:
		return ERR_FIELD_ENUM;
	case FIELD_PART:
		return ERR_OK;
	}
	unreachable();
}

static const char *unit_of(enum field_measure measure)
{
	switch (measure) {
	case FIELD_TEXT:
		return " characters";
	case FIELD_BYTES:
		return " bytes";
	case FIELD_COUNT:
		return " elements";
	case FIELD_NUMBER:
	case FIELD_ENUM:
	case FIELD_PART:
		return "";
	}
	unreachable();
}

static void check_beyond(const struct field_row *row, enum specimen_flaw flaw)
{
	struct specimen specimen = {.kind = SPECIMEN_MODEST, .flaw = flaw, .flawed = row};
	enum err expected = error_beyond(row, flaw);
	char allowed[CODEC_ALLOWED_MAX];
	struct codec_fault fault;

	if (expected == ERR_OK) {
		return;
	}
	CHECK_INT_EQ(check_specimen(specimen, row->message, &fault), expected);
	CHECK_INT_EQ(fault.err, expected);
	CHECK_STR_EQ(fault.field, row->name);
	if (row->measure == FIELD_ENUM) {
		CHECK(fault.allowed[0] >= 'A' && fault.allowed[0] <= 'Z');
	} else if (row->min < row->max) {
		(void)snprintf(allowed, sizeof(allowed), "%" PRId64 "..%" PRId64 "%s", row->min, row->max,
			unit_of(row->measure));
		CHECK_STR_EQ(fault.allowed, allowed);
	} else {
		(void)snprintf(allowed, sizeof(allowed), "%" PRId64 "%s", row->min, unit_of(row->measure));
		CHECK_STR_EQ(fault.allowed, allowed);
	}
}

static void test_too_little_is_refused(void)
{
	for (size_t i = 0; i < field_row_count && !check_failed(); i++) {
		check_beyond(&field_rows[i], FLAW_BELOW);
	}
}

static void test_too_much_is_refused(void)
{
	for (size_t i = 0; i < field_row_count && !check_failed(); i++) {
		check_beyond(&field_rows[i], FLAW_ABOVE);
	}
}

struct messages {
	const ProtobufCMessageDescriptor *list[MESSAGES_MAX];
	size_t depths[MESSAGES_MAX]; /* messages above it, itself included */
	size_t count;
};

/* Not recursive types: each message once for every way that leads to it. */
static void add(struct messages *messages, const ProtobufCMessageDescriptor *message, size_t depth)
{
	CHECK(depth <= CODEC_DEPTH_MAX);
	CHECK(messages->count < MESSAGES_MAX);
	messages->list[messages->count] = message;
	messages->depths[messages->count] = depth;
	messages->count++;
}

static void check_message_shape(struct messages *messages, size_t index)
{
	const ProtobufCMessageDescriptor *message = messages->list[index];

	CHECK(message->n_fields <= CODEC_FIELDS_MAX);
	for (unsigned i = 0; i < message->n_fields; i++) {
		CHECK(message->fields[i].label != PROTOBUF_C_LABEL_REQUIRED);
		CHECK(message->fields[i].default_value == NULL);
		CHECK(message->fields[i].type != PROTOBUF_C_TYPE_FLOAT);
		CHECK(message->fields[i].type != PROTOBUF_C_TYPE_DOUBLE);
		if (message->fields[i].type == PROTOBUF_C_TYPE_MESSAGE) {
			add(messages, message->fields[i].descriptor, messages->depths[index] + 1);
		}
	}
}

/* No required fields, no defaults, no floating point, no recursion, within the codec's bounds. */
static void test_messages_keep_to_the_house_rules(void)
{
	struct messages messages = {.count = 0};

	add(&messages, &pb__envelope__descriptor, 1);
	for (size_t i = 0; i < METHOD_COUNT; i++) {
		add(&messages, method_rows[i].request, 1);
		add(&messages, method_rows[i].reply, 1);
	}
	for (size_t i = 0; i < TOPIC_COUNT; i++) {
		add(&messages, topic_rows[i].message, 1);
	}
	for (size_t i = 0; i < messages.count && !check_failed(); i++) {
		check_message_shape(&messages, i);
	}
}

static const struct test tests[] = {
	{"row_is_found_by_message_and_name", test_row_is_found_by_message_and_name},
	{"rows_fit_their_fields", test_rows_fit_their_fields},
	{"what_keeps_to_the_rows_is_let_in", test_what_keeps_to_the_rows_is_let_in},
	{"missing_is_refused_where_it_must_be_there", test_missing_is_refused_where_it_must_be_there},
	{"too_little_is_refused", test_too_little_is_refused},
	{"too_much_is_refused", test_too_much_is_refused},
	{"messages_keep_to_the_house_rules", test_messages_keep_to_the_house_rules},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
