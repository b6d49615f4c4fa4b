/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses as settings write them: "host:port" or "[v6]:port", numbers only.
 */
#pragma once

#include <sys/socket.h>

#include "common/base.h"

/* False, and *out is not to be used, where it is neither. */
bool address_parse(const char *text, struct sockaddr_storage *out) must_check;

/* Does it reach nobody but this machine? 127.0.0.0/8, ::1. */
bool address_is_loopback(const struct sockaddr_storage *address);

/*
 * Is it one of these, written as numbers with commas between? An IPv4 address that came over an IPv6 socket
 * is the IPv4 address.
 */
bool address_is_listed(const struct sockaddr_storage *address, const char *list);
/* Nothing but addresses, or nothing. */
bool address_list_is_good(const char *list);

/* In host order. */
int address_port(const struct sockaddr_storage *address);
void address_set_port(struct sockaddr_storage *address, int port);
