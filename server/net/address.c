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

bool address_is_loopback(const struct sockaddr_storage *address)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;

	if (address->ss_family == AF_INET) {
		return ntohl(v4->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	}
	return address->ss_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

int address_port(const struct sockaddr_storage *address)
{
	/* The same place in both families. */
	return ntohs(((const struct sockaddr_in *)address)->sin_port);
}
