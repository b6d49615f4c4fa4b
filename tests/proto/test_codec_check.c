/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that the walk over the wire bytes lets in what the contract allows and nothing else, and
 * that each refusal names its field and what is allowed there. How: tables of wire bytes, each with
 * one expected error, path and sentence. The types in shape.proto are those that our own messages
 * do not use; what field.def asks is proven by test_field.c.
 */
#include "complaint.pb-c.h"
#include "envelope.pb-c.h"
#include "proto/codec.h"
#include "shape.pb-c.h"
#include "tests/check.h"
#include "tests/proto/wire_put.h"

#define BYTES_MAX (4 * 1024 * 1024)

struct check_case {
	const ProtobufCMessageDescriptor *message;
	struct str bytes;
	enum err err;
	const char *field;
	const char *allowed;
};

#define OK(message, literal) \
	{ \
		&shape__##message##__descriptor, STR(literal), ERR_OK, "", "" \
	}
#define NO(message, literal, err, field, allowed) \
	{ \
		&shape__##message##__descriptor, STR(literal), ERR_##err, (field), (allowed) \
	}

static void check_cases(const struct check_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct codec_fault fault = {0};
		enum err err = codec_check(cases[i].message, span_from_str(cases[i].bytes), &fault);

		if (err != cases[i].err) {
			printf("# case %zu\n", i);
		}
		CHECK_STR_EQ(err_name(err), err_name(cases[i].err));
		CHECK_INT_EQ(fault.err, err);
		CHECK_STR_EQ(fault.field, cases[i].field);
		CHECK_STR_EQ(fault.allowed, cases[i].allowed);
	}
}

#define INT32_TEXT "-2147483648..2147483647"

static void test_check_holds_numbers_to_their_type(void)
{
	static const struct check_case cases[] = {
		OK(scalars, ""),
		OK(scalars, "\x08\xFF\xFF\xFF\xFF\x07"),
		NO(scalars, "\x08\x80\x80\x80\x80\x08", FIELD_RANGE, "int32", INT32_TEXT),
		OK(scalars, "\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"),
		OK(scalars, "\x08\x80\x80\x80\x80\xF8\xFF\xFF\xFF\xFF\x01"),
		NO(scalars, "\x08\xFF\xFF\xFF\xFF\xF7\xFF\xFF\xFF\xFF\x01", FIELD_RANGE, "int32",
			INT32_TEXT),
		/* -1 of 32 bits that was not sign-extended: not the encoding of a negative number. */
		NO(scalars, "\x08\xFF\xFF\xFF\xFF\x0F", FIELD_RANGE, "int32", INT32_TEXT),
		OK(scalars, "\x10\xFF\xFF\xFF\xFF\x0F"),
		NO(scalars, "\x10\x80\x80\x80\x80\x10", FIELD_RANGE, "sint32", INT32_TEXT),
		NO(scalars, "\x10\x81\x80\x80\x80\x10", FIELD_RANGE, "sint32", INT32_TEXT),
		OK(scalars, "\x18\xFF\xFF\xFF\xFF\x0F"),
		NO(scalars, "\x18\x80\x80\x80\x80\x10", FIELD_RANGE, "uint32", "0..4294967295"),
		NO(scalars, "\x18\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", FIELD_RANGE, "uint32",
			"0..4294967295"),
		OK(scalars, "\x20\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"),
		OK(scalars, "\x28\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"),
		OK(scalars, "\x30\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"),
		NO(scalars, "\x30\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02", BODY_MALFORMED, "uint64", ""),
		OK(scalars, "\x3D\xFF\xFF\xFF\xFF"),
		OK(scalars, "\x45\xFF\xFF\xFF\xFF"),
		OK(scalars, "\x49\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"),
		OK(scalars, "\x51\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"),
		OK(scalars, "\x5D\xFF\xFF\xFF\xFF"),
		OK(scalars, "\x61\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"),
		OK(scalars, "\x68\x01"),
		OK(scalars, "\x68\x81\x00"),
		NO(scalars, "\x68\x02", FIELD_RANGE, "bool", "0..1"),
		NO(scalars, "\x68\x80\x80\x80\x80\x10", FIELD_RANGE, "bool", "0..1"),
		OK(scalars, "\x70\x02"),
		OK(scalars, "\x70\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"),
		NO(scalars, "\x70\x00", FIELD_ENUM, "color", "NEGATIVE, RED, GREEN"),
		NO(scalars, "\x70\x03", FIELD_ENUM, "color", "NEGATIVE, RED, GREEN"),
		/* 2^32 + 1 would be RED if it were cut to 32 bits. */
		NO(scalars, "\x70\x81\x80\x80\x80\x10", FIELD_ENUM, "color", "NEGATIVE, RED, GREEN"),
		NO(scalars, "\x88\x01\x09", FIELD_ENUM, "wordy", "A_VALUE_WITH_QUITE_A_LONG_NAME, ..."),
		/* The last one counts, and each is looked at. */
		OK(scalars, "\x18\x01\x18\x02"),
		NO(scalars, "\x68\x02\x68\x01", FIELD_RANGE, "bool", "0..1"),
	};

	check_cases(cases, COUNT(cases));
}

#define UTF8_TEXT "UTF-8 without U+0000"

static void test_check_lets_only_utf8_into_texts(void)
{
	static const struct check_case cases[] = {
		OK(scalars, "\x7A\x00"),
		OK(scalars, "\x7A\x03\xE7\xAE\xA1"),
		OK(scalars, "\x7A\x04\xF4\x8F\xBF\xBF"),
		NO(scalars, "\x7A\x03\x61\x00\x62", FIELD_TEXT, "string", UTF8_TEXT),
		NO(scalars, "\x7A\x02\xC3\x28", FIELD_TEXT, "string", UTF8_TEXT),
		NO(scalars, "\x7A\x02\xC0\x80", FIELD_TEXT, "string", UTF8_TEXT),
		NO(scalars, "\x7A\x02\xC1\xBF", FIELD_TEXT, "string", UTF8_TEXT),
		NO(scalars, "\x7A\x03\xE0\x80\xAF", FIELD_TEXT, "string", UTF8_TEXT),
		NO(scalars, "\x7A\x03\xED\xA0\x80", FIELD_TEXT, "string", UTF8_TEXT),
		NO(scalars, "\x7A\x06\xED\xA0\xBC\xED\xBF\xA0", FIELD_TEXT, "string", UTF8_TEXT),
		NO(scalars, "\x7A\x04\xF4\x90\x80\x80", FIELD_TEXT, "string", UTF8_TEXT),
		NO(scalars, "\x7A\x01\x80", FIELD_TEXT, "string", UTF8_TEXT),
		NO(scalars, "\x7A\x02\xE7\xAE", FIELD_TEXT, "string", UTF8_TEXT),
		OK(scalars, "\x82\x01\x03\xC3\x28\x00"), /* bytes may be anything */
		NO(lists, "\x7A\x01\x61\x7A\x01\x80", FIELD_TEXT, "string[1]", UTF8_TEXT),
	};

	check_cases(cases, COUNT(cases));
}

static void test_check_refuses_broken_encoding(void)
{
	static const struct check_case cases[] = {
		NO(scalars, "\x80", BODY_MALFORMED, "", ""),
		NO(scalars, "\x00\x00", BODY_MALFORMED, "", ""),
		NO(scalars, "\x0B\x0C", BODY_MALFORMED, "", ""), /* a group */
		NO(scalars, "\x0E\x00", BODY_MALFORMED, "", ""),
		NO(scalars, "\x08", BODY_MALFORMED, "int32", ""),
		NO(scalars, "\x08\x80", BODY_MALFORMED, "int32", ""),
		NO(scalars, "\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00", BODY_MALFORMED, "int32",
			""),
		NO(scalars, "\x7A\x02\x61", BODY_MALFORMED, "string", ""),
		NO(scalars, "\x7A\xFF\xFF\xFF\xFF\x0F", BODY_MALFORMED, "string", ""),
		/* Right field, wrong wire type. */
		NO(scalars, "\x09\x00\x00\x00\x00\x00\x00\x00\x00", BODY_MALFORMED, "int32", ""),
		NO(scalars, "\x0A\x01\x01", BODY_MALFORMED, "int32", ""),
		NO(scalars, "\x0D\x00\x00\x00\x00", BODY_MALFORMED, "int32", ""),
		NO(scalars, "\x78\x00", BODY_MALFORMED, "string", ""),
		NO(scalars, "\x6A\x01\x01", BODY_MALFORMED, "bool", ""),
		NO(lists, "\x0D\x00\x00\x00\x00", BODY_MALFORMED, "int32", ""),
		NO(lists, "\x78\x00", BODY_MALFORMED, "string", ""),
		NO(lists, "\x88\x01\x00", BODY_MALFORMED, "scalars", ""),
		/* Unknown fields are skipped, but must be whole. */
		OK(scalars, "\xA0\x06\x96\x01"),
		OK(scalars, "\xA2\x06\x01\xFF"),
		OK(scalars, "\xA1\x06\x00\x00\x00\x00\x00\x00\x00\x00\xA5\x06\x00\x00\x00\x00"),
		NO(scalars, "\xA2\x06\x02\xFF", BODY_MALFORMED, "", ""),
		NO(scalars, "\xA3\x06", BODY_MALFORMED, "", ""),
	};

	check_cases(cases, COUNT(cases));
}

static void test_check_counts_lists_packed_or_not(void)
{
	static const struct check_case cases[] = {
		OK(lists, "\x08\x01\x08\x02"),
		OK(lists, "\x0A\x02\x01\x02"),
		OK(lists, "\x0A\x00"),
		OK(lists, "\x08\x01\x0A\x02\x01\x02\x08\x03"),
		OK(lists, "\x92\x01\x02\x01\x02"),
		OK(lists, "\x90\x01\x01"),
		OK(lists, "\x3A\x08\x01\x00\x00\x00\x02\x00\x00\x00"),
		OK(lists, "\x52\x08\x01\x00\x00\x00\x00\x00\x00\x80"),
		NO(lists, "\x3A\x07\x01\x00\x00\x00\x02\x00\x00", BODY_MALFORMED, "fixed32[0]", ""),
		NO(lists, "\x0A\x02\x01\x80", BODY_MALFORMED, "int32[0]", ""),
		NO(lists, "\x18\x01\x1A\x06\x01\x80\x80\x80\x80\x10", FIELD_RANGE, "uint32[2]",
			"0..4294967295"),
		NO(lists, "\x72\x03\x01\x02\x03", FIELD_ENUM, "color[2]", "NEGATIVE, RED, GREEN"),
		NO(lists, "\x68\x01\x68\x00\x68\x02", FIELD_RANGE, "bool[2]", "0..1"),
		NO(lists, "\x8A\x01\x00\x8A\x01\x02\x68\x02", FIELD_RANGE, "scalars[1].bool", "0..1"),
	};

	check_cases(cases, COUNT(cases));
}

static void test_check_wants_one_of_each_oneof(void)
{
	static const struct check_case cases[] = {
		OK(choice, "\x08\x01\x28\x01"),
		OK(choice, "\x12\x01\x61\x20\x07\x32\x00"),
		OK(choice, "\x1A\x00\x28\x00"),
		OK(choice, "\x08\x01\x08\x02\x28\x01"), /* the same member again: the last one counts */
		NO(choice, "", BODY_MALFORMED, "", "one of several fields"),
		NO(choice, "\x08\x01", BODY_MALFORMED, "", "one of several fields"),
		NO(choice, "\x28\x01", BODY_MALFORMED, "", "one of several fields"),
		NO(choice, "\x08\x01\x12\x01\x61\x28\x01", BODY_MALFORMED, "word", "one of several fields"),
		NO(choice, "\x28\x01\x08\x01\x32\x00", BODY_MALFORMED, "data", "one of several fields"),
		NO(choice, "\x1A\x00\x1A\x00\x28\x00", BODY_MALFORMED, "part", "once"),
	};

	check_cases(cases, COUNT(cases));
}

static void test_check_takes_a_single_message_once(void)
{
	static const struct check_case cases[] = {
		OK(deep, "\x0A\x00"),
		NO(deep, "\x0A\x00\x0A\x00", BODY_MALFORMED, "deep", "once"),
		NO(deep, "\x12\x04\x0A\x00\x0A\x00", BODY_MALFORMED, "deeps[0].deep", "once"),
		NO(deep, "\x0A\x03\x1A\x01\x80", FIELD_TEXT, "deep.text", UTF8_TEXT),
	};

	check_cases(cases, COUNT(cases));
}

/* A Deep with `depth` messages in all, one in the other by this field. */
static void put_deep(struct buf *out, size_t depth, uint32_t number)
{
	for (size_t i = 1; i < depth; i++) {
		struct buf outer;
		bool added;

		buf_init(&outer, BYTES_MAX);
		wire_put_bytes(&outer, number, buf_readable(out));
		buf_consume(out, buf_readable(out).len);
		added = buf_append(out, buf_readable(&outer));
		assert(added);
		buf_fini(&outer);
	}
}

static void test_check_bounds_the_depth(void)
{
	static const size_t depths[] = {1, CODEC_DEPTH_MAX, CODEC_DEPTH_MAX + 1, 1000};

	for (size_t i = 0; i < COUNT(depths); i++) {
		bool is_allowed = depths[i] <= CODEC_DEPTH_MAX;
		struct codec_fault fault = {0};
		struct buf bytes;

		buf_init(&bytes, BYTES_MAX);
		put_deep(&bytes, depths[i], 1);
		CHECK_INT_EQ(codec_check(&shape__deep__descriptor, buf_readable(&bytes), &fault),
			is_allowed ? ERR_OK : ERR_BODY_MALFORMED);
		CHECK_STR_EQ(fault.field, is_allowed ? "" : "deep.deep.deep.deep.deep.deep.deep.deep");
		CHECK_STR_EQ(fault.allowed, is_allowed ? "" : "fewer messages inside messages");
		buf_fini(&bytes);
	}
}

static void test_a_long_path_is_cut(void)
{
	struct codec_fault fault = {0};
	struct buf bytes;

	buf_init(&bytes, BYTES_MAX);
	put_deep(&bytes, CODEC_DEPTH_MAX + 1, 4);
	CHECK_INT_EQ(
		codec_check(&shape__deep__descriptor, buf_readable(&bytes), &fault), ERR_BODY_MALFORMED);
	CHECK_INT_EQ(strlen(fault.field), CODEC_PATH_MAX - 1);
	buf_fini(&bytes);
}

static void test_check_caps_unknown_fields_in_each_message(void)
{
	for (size_t count = CODEC_UNKNOWN_MAX; count <= CODEC_UNKNOWN_MAX + 1; count++) {
		bool is_allowed = count <= CODEC_UNKNOWN_MAX;
		struct codec_fault fault = {0};
		struct buf inner;
		struct buf outer;

		buf_init(&inner, BYTES_MAX);
		buf_init(&outer, BYTES_MAX);
		for (size_t i = 0; i < count; i++) {
			wire_put_number(&inner, 100, i);
		}
		CHECK_INT_EQ(codec_check(&pb__hello__descriptor, buf_readable(&inner), &fault),
			is_allowed ? ERR_FIELD_MISSING : ERR_FIELD_UNKNOWN); /* the version */
		wire_put_number(&outer, 100, 1);
		wire_put_bytes(&outer, 2, buf_readable(&inner));
		wire_put_bytes(&outer, 2, buf_readable(&inner));
		fault = (struct codec_fault){0};
		CHECK_INT_EQ(codec_check(&shape__deep__descriptor, buf_readable(&outer), &fault),
			is_allowed ? ERR_OK : ERR_FIELD_UNKNOWN);
		CHECK_STR_EQ(fault.field, is_allowed ? "" : "deeps[0]");
		CHECK_STR_EQ(fault.allowed, is_allowed ? "" : "0..16 unknown fields");
		buf_fini(&inner);
		buf_fini(&outer);
	}
}

static void test_check_refuses_rows_of_inner_messages_by_path(void)
{
	struct codec_fault fault = {0};
	struct buf window;
	struct buf request;

	buf_init(&window, BYTES_MAX);
	buf_init(&request, BYTES_MAX);
	wire_put_number(&window, 1, 5);
	wire_put_number(&window, 2, (uint64_t)TIME_US_MAX + 1);
	wire_put_bytes(&request, 1, span_from_str(STR("0123456789abcdef")));
	wire_put_bytes(&request, 2, span_from_str(STR("0123456789abcdef")));
	wire_put_number(&request, 3, 1);
	wire_put_bytes(&request, 4, buf_readable(&window));
	CHECK_INT_EQ(codec_check(&pb__complaint_book__descriptor, buf_readable(&request), &fault),
		ERR_FIELD_RANGE);
	CHECK_STR_EQ(fault.field, "window.to_us");
	CHECK_STR_EQ(fault.allowed, "0..4102444800000000");

	buf_consume(&request, buf_readable(&request).len);
	wire_put_bytes(&request, 4, span_of(NULL, 0));
	CHECK_INT_EQ(codec_check(&pb__complaint_book__descriptor, buf_readable(&request), &fault),
		ERR_FIELD_MISSING);
	CHECK_STR_EQ(fault.field, "window.from_us"); /* an inner message ends before the outer one */
	CHECK_STR_EQ(fault.allowed, "");
	buf_fini(&window);
	buf_fini(&request);
}

static const struct test tests[] = {
	{"check_holds_numbers_to_their_type", test_check_holds_numbers_to_their_type},
	{"check_lets_only_utf8_into_texts", test_check_lets_only_utf8_into_texts},
	{"check_refuses_broken_encoding", test_check_refuses_broken_encoding},
	{"check_counts_lists_packed_or_not", test_check_counts_lists_packed_or_not},
	{"check_wants_one_of_each_oneof", test_check_wants_one_of_each_oneof},
	{"check_takes_a_single_message_once", test_check_takes_a_single_message_once},
	{"check_bounds_the_depth", test_check_bounds_the_depth},
	{"a_long_path_is_cut", test_a_long_path_is_cut},
	{"check_caps_unknown_fields_in_each_message", test_check_caps_unknown_fields_in_each_message},
	{"check_refuses_rows_of_inner_messages_by_path",
		test_check_refuses_rows_of_inner_messages_by_path},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
