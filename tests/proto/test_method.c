/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that every method and topic is found by its name and nothing else is, and that the rows
 * agree with the messages: names, replies, and room for the largest request that field.def allows.
 */
#include "proto/method.h"

#include "proto/field.h"
#include "proto/frame.h"
#include "tests/check.h"
#include "tests/proto/specimen.h"

/* What an envelope adds to a request's body: id, method, key, deadline, keys and lengths. */
#define ENVELOPE_BYTES_MAX 128

static void test_find_finds_every_method(void)
{
	for (size_t i = 0; i < METHOD_COUNT; i++) {
		CHECK(method_find(str_from_c(method_rows[i].name)) == &method_rows[i]);
	}
	CHECK_STR_EQ(method_rows[METHOD_complaint_accept].name, "complaint.accept");
	CHECK_STR_EQ(method_rows[METHOD_complaint_accept].right, "COMPLAINT_LEAD");
	CHECK_INT_EQ(method_rows[METHOD_complaint_accept].kind, METHOD_KIND_WRITE);
}

static void test_find_finds_nothing_else(void)
{
	static const struct str names[] = {
		STR(""),
		STR("."),
		STR("complaint"),
		STR("complaint."),
		STR("complaint.accep"),
		STR("complaint.acceptt"),
		STR("complaint.accept\0"),
		STR("Complaint.accept"),
		STR("complaint_accept"),
		STR(" complaint.accept"),
		STR("\xFF\xFE"),
	};

	for (size_t i = 0; i < COUNT(names); i++) {
		CHECK(method_find(names[i]) == NULL);
	}
	CHECK(method_find((struct str){NULL, 0}) == NULL);
}

/* Every name with one letter changed walks over full and empty slots alike. */
static void test_find_refuses_every_neighbour(void)
{
	for (size_t i = 0; i < METHOD_COUNT; i++) {
		size_t len = strlen(method_rows[i].name);

		for (size_t at = 0; at < len; at++) {
			char name[64];

			memcpy(name, method_rows[i].name, len);
			name[at] ^= 0x20;
			CHECK(method_find(str_of(name, len)) == NULL);
		}
	}
}

/* "complaint.send_back" is asked with ComplaintSendBack and answered with ComplaintSendBackReply. */
static void test_messages_are_named_as_their_method(void)
{
	for (size_t i = 0; i < METHOD_COUNT; i++) {
		char expected[128];
		size_t len = 0;
		bool begins = true;

		for (const char *at = method_rows[i].name; *at != '\0'; at++) {
			if (*at == '.' || *at == '_') {
				begins = true;
				continue;
			}
			expected[len++] = begins ? (char)(*at - 0x20) : *at;
			begins = false;
		}
		expected[len] = '\0';
		CHECK_STR_EQ(method_rows[i].request->short_name, expected);
		(void)strncat(expected, "Reply", sizeof(expected) - strlen(expected) - 1);
		CHECK_STR_EQ(method_rows[i].reply->short_name, expected);
	}
}

static void test_largest_request_fits_its_method(void)
{
	for (size_t i = 0; i < METHOD_COUNT; i++) {
		struct specimen most = {.kind = SPECIMEN_MOST};
		struct buf bytes;
		size_t len;

		buf_init(&bytes, FRAME_BODY_BYTES_MAX);
		specimen_message(&most, method_rows[i].request, &bytes);
		len = buf_readable(&bytes).len;
		buf_fini(&bytes);
		if (len > method_rows[i].body_bytes_max) {
			printf("# %s: %zu bytes\n", method_rows[i].name, len);
		}
		CHECK(len <= method_rows[i].body_bytes_max);
		CHECK(method_rows[i].body_bytes_max + ENVELOPE_BYTES_MAX <=
			  (strcmp(method_rows[i].right, "ANYONE") == 0 ? FRAME_BODY_BYTES_GUEST
														   : FRAME_BODY_BYTES_MAX));
		CHECK(method_rows[i].deadline_ms > 0);
	}
}

static void test_names_fit_the_field_that_carries_them(void)
{
	const ProtobufCMessageDescriptor *request = NULL;

	for (size_t i = 0; i < field_row_count; i++) {
		if (strcmp(field_rows[i].message->short_name, "Request") == 0) {
			request = field_rows[i].message;
		}
	}
	CHECK(request != NULL);
	for (size_t i = 0; i < METHOD_COUNT; i++) {
		CHECK((int64_t)strlen(method_rows[i].name) <= field_row(request, "method")->max);
	}
}

static void test_topic_find_finds_topics_only(void)
{
	for (size_t i = 0; i < TOPIC_COUNT; i++) {
		CHECK(topic_find(str_from_c(topic_rows[i].name)) == &topic_rows[i]);
	}
	CHECK_STR_EQ(topic_rows[TOPIC_complaint].message->short_name, "ComplaintEvent");
	CHECK(topic_find(STR("")) == NULL);
	CHECK(topic_find(STR("complaints")) == NULL);
	CHECK(topic_find(STR("complain")) == NULL);
	CHECK(topic_find((struct str){NULL, 0}) == NULL);
}

static const struct test tests[] = {
	{"find_finds_every_method", test_find_finds_every_method},
	{"find_finds_nothing_else", test_find_finds_nothing_else},
	{"find_refuses_every_neighbour", test_find_refuses_every_neighbour},
	{"messages_are_named_as_their_method", test_messages_are_named_as_their_method},
	{"largest_request_fits_its_method", test_largest_request_fits_its_method},
	{"names_fit_the_field_that_carries_them", test_names_fit_the_field_that_carries_them},
	{"topic_find_finds_topics_only", test_topic_find_finds_topics_only},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
