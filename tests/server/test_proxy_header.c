/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what is believed of a proxy's first bytes: headers as the protocol's text draws them, each cut at
 * every byte, and each way of being wrong; and which addresses a list of proxies holds.
 */
#include "server/net/proxy_header.h"

#include <stdlib.h>

#include <uv.h>

#include "server/net/address.h"
#include "tests/check.h"

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define V4_BODY \
	"\xc0\x00\x02\x07\x7f\x00\x00\x01\x04\xd2\x1d\x13" /* 192.0.2.7:1234 to 127.0.0.1:7443 */
#define V6_BODY \
	"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07" \
	"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x08\x04\xd2\x1d\x13"
#define BYTES(text) text, sizeof(text) - 1

static const struct {
	const char *what;
	const char *bytes;
	size_t len;
	enum proxy_status status;
	size_t used;
	bool is_own;
	const char *source;
	const char *target;
} cases[] = {
	{"IPv4", BYTES(SIGNATURE "\x21\x11\0\x0c" V4_BODY), PROXY_READY, 28, false, "192.0.2.7",
		"127.0.0.1"},
	{"IPv4, a client's bytes behind it", BYTES(SIGNATURE "\x21\x11\0\x0c" V4_BODY "\x16\x03\x01"),
		PROXY_READY, 28, false, "192.0.2.7", "127.0.0.1"},
	{"IPv4 with a TLV", BYTES(SIGNATURE "\x21\x11\0\x10" V4_BODY "\x04\0\x01!"), PROXY_READY, 32,
		false, "192.0.2.7", "127.0.0.1"},
	{"IPv6", BYTES(SIGNATURE "\x21\x21\0\x24" V6_BODY), PROXY_READY, 52, false, "2001:db8::7",
		"2001:db8::8"},
	{"the proxy's own", BYTES(SIGNATURE "\x20\0\0\0"), PROXY_READY, 16, true, NULL, NULL},
	{"the proxy's own, with addresses", BYTES(SIGNATURE "\x20\x11\0\x0c" V4_BODY), PROXY_READY, 28,
		true, NULL, NULL},
	{"nothing yet", BYTES(""), PROXY_SHORT},
	{"TLS at once", BYTES("\x16\x03\x01"), PROXY_BAD},
	{"version 1", BYTES("PROXY TCP4 192.0.2.7 127.0.0.1 1 2\r\n"), PROXY_BAD},
	{"a signature that is not one", BYTES("\r\n\r\n\0\r\nQUIT\r"), PROXY_BAD},
	{"version 3", BYTES(SIGNATURE "\x31\x11\0\x0c" V4_BODY), PROXY_BAD},
	{"an unknown command", BYTES(SIGNATURE "\x22\x11\0\x0c" V4_BODY), PROXY_BAD},
	{"nobody knows who", BYTES(SIGNATURE "\x21\0\0\0"), PROXY_BAD},
	{"datagrams", BYTES(SIGNATURE "\x21\x12\0\x0c" V4_BODY), PROXY_BAD},
	{"a path", BYTES(SIGNATURE "\x21\x31\0\x0c" V4_BODY), PROXY_BAD},
	{"too short for IPv4", BYTES(SIGNATURE "\x21\x11\0\x0b" V4_BODY), PROXY_BAD},
	{"IPv4 for IPv6", BYTES(SIGNATURE "\x21\x21\0\x0c" V4_BODY), PROXY_BAD},
	{"longer than any", BYTES(SIGNATURE "\x21\x11\xff\xff" V4_BODY), PROXY_BAD},
};

static void check_address(const struct sockaddr_storage *address, const char *text, int port)
{
	char name[INET6_ADDRSTRLEN];

	CHECK_INT_EQ(uv_ip_name((const struct sockaddr *)address, name, sizeof name), 0);
	CHECK_STR_EQ(name, text);
	CHECK_INT_EQ(address_port(address), port);
}

static void test_headers_are_told_apart(void)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct proxy_header header = {0};
		size_t used = 0;
		enum proxy_status status =
			proxy_decode(span_of(cases[i].bytes, cases[i].len), &header, &used);

		printf("# %s\n", cases[i].what);
		CHECK_INT_EQ(status, cases[i].status);
		CHECK_INT_EQ(used, cases[i].used);
		CHECK_INT_EQ(header.is_own, cases[i].is_own);
		if (cases[i].source != NULL) {
			check_address(&header.source, cases[i].source, 1234);
			check_address(&header.target, cases[i].target, 7443);
		}
	}
}

/* In memory of its own, so that a sanitizer sees a byte read behind the end. */
static void test_every_cut_waits_for_more(void)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		for (size_t len = 0; len < cases[i].used; len++) {
			struct proxy_header header;
			size_t used = 77;
			uint8_t *copy = malloc(len + 1);

			assert(copy != NULL);
			memcpy(copy, cases[i].bytes, len);
			copy = realloc(copy, len == 0 ? 1 : len);
			CHECK_INT_EQ(proxy_decode(span_of(copy, len), &header, &used), PROXY_SHORT);
			CHECK_INT_EQ(used, 77);
			free(copy);
		}
	}
}

static const struct {
	const char *list;
	bool is_good;
	bool has_v4; /* 192.0.2.7 */
	bool has_v6; /* 2001:db8::7 */
} lists[] = {
	{"", true, false, false},
	{"192.0.2.7", true, true, false},
	{"192.0.2.70, 192.0.2.7", true, true, false},
	{" 2001:db8:0::7 ,10.0.0.1", true, false, true},
	{"::ffff:192.0.2.7,2001:db8::7", true, true, true},
	{"192.0.2.7,", false, true, false},
	{",192.0.2.7", false, false, false},
	{"192.0.2.0/24", false, false, false},
	{"proxy.example", false, false, false},
	{"192.0.2.6 192.0.2.7", false, false, false},
};

static void test_lists_hold_addresses(void)
{
	struct sockaddr_storage v4;
	struct sockaddr_storage mapped;
	struct sockaddr_storage v6;

	CHECK(address_parse("192.0.2.7:1", &v4));
	CHECK(address_parse("[::ffff:192.0.2.7]:1", &mapped));
	CHECK(address_parse("[2001:db8::7]:1", &v6));
	for (size_t i = 0; i < COUNT(lists); i++) {
		printf("# '%s'\n", lists[i].list);
		CHECK_INT_EQ(address_list_is_good(lists[i].list), lists[i].is_good);
		if (lists[i].is_good) {
			CHECK_INT_EQ(address_is_listed(&v4, lists[i].list), lists[i].has_v4);
			CHECK_INT_EQ(address_is_listed(&mapped, lists[i].list), lists[i].has_v4);
			CHECK_INT_EQ(address_is_listed(&v6, lists[i].list), lists[i].has_v6);
		}
	}
}

static const struct test tests[] = {
	{"headers_are_told_apart", test_headers_are_told_apart},
	{"every_cut_waits_for_more", test_every_cut_waits_for_more},
	{"lists_hold_addresses", test_lists_hold_addresses},
};

int main(void)
{
	return check_main(tests, COUNT(tests));
}
