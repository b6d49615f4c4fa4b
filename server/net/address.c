/* SPDX-License-Identifier: Apache-2.0 */
#include "server/net/address.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>

bool address_parse(const char *text, struct sockaddr_storage *out)
{
	const char *colon = strrchr(text, ':');
	char host[256];
	char *end;
	long port;
	size_t len;

	if (colon == NULL || colon == text || (size_t)(colon - text) >= sizeof host) {
		return false;
	}
	len = (size_t)(colon - text);
	memcpy(host, text, len);
	host[len] = '\0';
	port = strtol(colon + 1, &end, 10);
	if (*end != '\0' || end == colon + 1 || port < 0 || port > 65535) {
		return false;
	}
	if (host[0] == '[' && host[len - 1] == ']') {
		host[len - 1] = '\0';
		return uv_ip6_addr(host + 1, (int)port, (struct sockaddr_in6 *)out) == 0;
	}
	return uv_ip4_addr(host, (int)port, (struct sockaddr_in *)out) == 0;
}

/* ::ffff:a.b.c.d */
static struct in6_addr map_v4(struct in_addr v4)
{
	struct in6_addr mapped = {.s6_addr = {[10] = 0xff, [11] = 0xff}};

	memcpy(&mapped.s6_addr[12], &v4, sizeof v4);
	return mapped;
}

bool address_is_loopback(const struct sockaddr_storage *address)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;

	if (address->ss_family == AF_INET) {
		return ntohl(v4->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	}
	return address->ss_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

/* Takes the next address off the list, as IPv6 writes it; false at its end, and where it is none. */
static bool next_of_list(const char **list, struct in6_addr *out)
{
	size_t blank = strspn(*list, " ");
	size_t len = strcspn(*list + blank, ", ");
	char text[INET6_ADDRSTRLEN];
	struct in_addr v4;

	if (len == 0 || len >= sizeof text) {
		return false;
	}
	memcpy(text, *list + blank, len);
	text[len] = '\0';
	*list += blank + len;
	*list += strspn(*list, " ");
	if (**list != ',' && **list != '\0') {
		return false;
	}
	if (**list == ',' && (*list)[1 + strspn(*list + 1, " ")] != '\0') {
		*list += 1; /* one more has to follow */
	}
	if (uv_inet_pton(AF_INET, text, &v4) == 0) {
		*out = map_v4(v4);
		return true;
	}
	return uv_inet_pton(AF_INET6, text, out) == 0;
}

bool address_list_is_good(const char *list)
{
	struct in6_addr one;

	while (*list != '\0') {
		if (!next_of_list(&list, &one)) {
			return false;
		}
	}
	return true;
}

bool address_is_listed(const struct sockaddr_storage *address, const char *list)
{
	struct in6_addr wanted;
	struct in6_addr one;

	if (address->ss_family == AF_INET) {
		wanted = map_v4(((const struct sockaddr_in *)address)->sin_addr);
	} else if (address->ss_family == AF_INET6) {
		wanted = ((const struct sockaddr_in6 *)address)->sin6_addr;
	} else {
		return false;
	}
	while (*list != '\0' && next_of_list(&list, &one)) {
		if (memcmp(&one, &wanted, sizeof one) == 0) {
			return true;
		}
	}
	return false;
}

int address_port(const struct sockaddr_storage *address)
{
	/* The same place in both families. */
	return ntohs(((const struct sockaddr_in *)address)->sin_port);
}

void address_set_port(struct sockaddr_storage *address, int port)
{
	((struct sockaddr_in *)address)->sin_port = htons((uint16_t)port);
}
