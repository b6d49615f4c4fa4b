/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that keys and values come off the wire as the protobuf encoding guide says, that
 * everything cut short or too long is refused, and that a refusal moves nothing. How: tables of
 * bytes.
 */
#include "proto/wire.h"
#include "tests/check.h"

struct varint_case {
	struct str bytes;
	size_t bytes_max;
	size_t taken; /* 0: refused */
	uint64_t number;
};

#define V(literal, bytes_max, taken, number) \
	{ \
		STR(literal), (bytes_max), (taken), (number) \
	}

static void test_varint_ends_where_it_says(void)
{
	static const struct varint_case cases[] = {
		V("", 10, 0, 0),
		V("\x00", 10, 1, 0),
		V("\x7F", 10, 1, 127),
		V("\x80", 10, 0, 0),
		V("\x80\x01", 10, 2, 128),
		V("\x80\x00", 10, 2, 0), /* longer than needed, and allowed */
		V("\xAC\x02\xFF", 10, 2, 300),
		V("\xFF\xFF\xFF\xFF\x0F", 5, 5, UINT32_MAX),
		V("\xFF\xFF\xFF\xFF\x7F", 5, 5, UINT64_C(0x7FFFFFFFF)),
		V("\xFF\xFF\xFF\xFF\xFF\x00", 5, 0, 0),
		V("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", 10, 10, UINT64_MAX),
		V("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02", 10, 0, 0),
		V("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x81\x00", 10, 0, 0),
		V("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00", 10, 0, 0),
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct span in = span_from_str(cases[i].bytes);
		uint64_t number = 77;
		bool taken = wire_take_varint(&in, cases[i].bytes_max, &number);

		CHECK_INT_EQ(taken, cases[i].taken > 0);
		CHECK_INT_EQ(cases[i].bytes.len - in.len, cases[i].taken);
		CHECK_INT_EQ(number, taken ? cases[i].number : 77);
	}
}

struct key_case {
	struct str bytes;
	size_t taken; /* 0: refused */
	uint32_t number;
	enum wire_type type;
};

#define K(literal, taken, number, type) \
	{ \
		STR(literal), (taken), (number), (type) \
	}

static void test_key_has_a_number_and_a_known_type(void)
{
	static const struct key_case cases[] = {
		K("", 0, 0, 0),
		K("\x08", 1, 1, WIRE_VARINT),
		K("\x09", 1, 1, WIRE_64BIT),
		K("\x0A", 1, 1, WIRE_BYTES),
		K("\x0B", 0, 0, 0), /* begins a group */
		K("\x0C", 0, 0, 0), /* ends a group */
		K("\x0D", 1, 1, WIRE_32BIT),
		K("\x0E", 0, 0, 0),
		K("\x0F", 0, 0, 0),
		K("\x00", 0, 0, 0), /* number 0 */
		K("\x82\x00", 0, 0, 0),
		K("\x82\x01", 2, 16, WIRE_BYTES),
		K("\x82", 0, 0, 0),
		K("\xFA\xFF\xFF\xFF\x0F", 5, 536870911, WIRE_BYTES),
		K("\xFA\xFF\xFF\xFF\x1F", 0, 0, 0), /* more than 32 bits */
		K("\x8A\x80\x80\x80\x80\x00", 0, 0, 0),
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct span in = span_from_str(cases[i].bytes);
		struct wire_key key = {0};
		bool taken = wire_take_key(&in, &key);

		CHECK_INT_EQ(taken, cases[i].taken > 0);
		CHECK_INT_EQ(cases[i].bytes.len - in.len, cases[i].taken);
		CHECK_INT_EQ(key.number, cases[i].number);
		CHECK_INT_EQ(key.type, cases[i].type);
	}
}

struct value_case {
	enum wire_type type;
	struct str bytes;
	size_t taken; /* 0: refused */
	uint64_t number;
	struct str content;
};

#define N(type, literal, taken, number) \
	{ \
		type, STR(literal), (taken), (number), \
		{ \
			NULL, 0 \
		} \
	}
#define B(literal, taken, content) \
	{ \
		WIRE_BYTES, STR(literal), (taken), 0, STR(content) \
	}

static void test_value_is_taken_whole_or_not_at_all(void)
{
	static const struct value_case cases[] = {
		N(WIRE_VARINT, "\x96\x01", 2, 150),
		N(WIRE_VARINT, "\x96", 0, 0),
		N(WIRE_32BIT, "\x04\x03\x02\x81\xFF", 4, 0x81020304),
		N(WIRE_32BIT, "\x04\x03\x02", 0, 0),
		N(WIRE_64BIT, "\x01\x00\x00\x00\x00\x00\x00\x80", 8, UINT64_C(0x8000000000000001)),
		N(WIRE_64BIT, "\x01\x00\x00\x00\x00\x00\x00", 0, 0),
		B("\x00", 1, ""),
		B("\x03"
		  "abcd",
			4, "abc"),
		B("\x03"
		  "ab",
			0, ""),
		B("\x83\x00"
		  "abc",
			5, "abc"),
		B("\xFF\xFF\xFF\xFF\x0F"
		  "abc",
			0, ""),
		B("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", 0, ""),
		B("", 0, ""),
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct span in = span_from_str(cases[i].bytes);
		struct wire_value value = {0};
		bool taken = wire_take_value(&in, cases[i].type, &value);

		CHECK_INT_EQ(taken, cases[i].taken > 0);
		CHECK_INT_EQ(cases[i].bytes.len - in.len, cases[i].taken);
		CHECK_INT_EQ(value.number, cases[i].number);
		CHECK_STR_EQ(str_of((const char *)value.bytes.ptr, value.bytes.len), cases[i].content);
	}
}

static const struct test tests[] = {
	{"varint_ends_where_it_says", test_varint_ends_where_it_says},
	{"key_has_a_number_and_a_known_type", test_key_has_a_number_and_a_known_type},
	{"value_is_taken_whole_or_not_at_all", test_value_is_taken_whole_or_not_at_all},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
