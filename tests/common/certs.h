/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates for tests: an authority and one server, made anew (P-256) in a directory of their own.
 */
#pragma once

#include "common/base.h"

struct certs {
	char directory[64];
	char ca_path[96];
	char cert_path[96]; /* for the names given to certs_make */
	char key_path[96];
};

/*
 * Makes the directory and its files; aborts where that fails.
 *
 *   names      as openssl.cnf writes subjectAltName: "DNS:server.test,IP:127.0.0.1"
 *   expires_s  seconds from now; negative has expired already
 */
void certs_make(struct certs *certs, const char *names, long expires_s);

/* Removes the files and the directory; other files in it have to be gone. */
void certs_remove(struct certs *certs);
