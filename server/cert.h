/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The installation's own certificate authority and the server's certificate, for those who bring none
 * of their own (settings tls_certificate and tls_key).
 *
 *   DIR/tls/ca.key      0400  P-256; signs server certificates, nothing else
 *   DIR/tls/ca.crt      0444  10 years, "guanjia private CA"; what clients are given and trust
 *   DIR/tls/server.key  0400  P-256
 *   DIR/tls/server.crt  0444  1 year, serverAuth, the names of the setting tls_names
 *
 * What is there is never replaced, with one exception: a server certificate that has 30 days or less,
 * or does not belong to server.key, is signed anew for the same key. Clients do not notice.
 */
#pragma once

#include "common/err.h"

#define CERT_CA_DAYS 3650
#define CERT_SERVER_DAYS 365

/* How near the end is. The order is that of urgency. */
enum cert_age {
	CERT_FRESH,
	CERT_DUE_30, /* 30 days or less */
	CERT_DUE_14,
	CERT_DUE_3,
	CERT_EXPIRED,
};

/* What went wrong, for the person at the keyboard. */
struct cert_fault {
	char text[512];
};

/*
 * Makes what is missing under DIR/tls. ERR_CONFIG: a name is none, a file is unusable, or ca.crt is
 * there and its key is not, though it is needed.
 *
 *   names    comma-separated DNS names and IP addresses; the first is also the common name
 *   utc_us   the present, which validity begins an hour before
 */
enum err cert_ensure(
	const char *dir, const char *names, int64_t utc_us, struct cert_fault *out_fault);

/*
 * Whole days from `utc_us` until the first certificate of a PEM file ends; negative once it has.
 * False where there is none.
 */
bool cert_days_left(const char *path, int64_t utc_us, int *out_days) must_check;

enum cert_age cert_age(int days_left);
