/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes certificates in memory: fields, extensions and signatures of the two kinds that server/cert.h
 * lists. Touches no file.
 */
#pragma once

#include <openssl/x509v3.h>

#include "common/base.h"

#define CERT_CA_NAME "guanjia private CA"

/*
 * The setting tls_names as subjectAltName; freed by GENERAL_NAMES_free. NULL, and a text in out_fault,
 * where one of the names is neither a DNS name nor an address.
 */
GENERAL_NAMES *cert_make_names(const char *names, char *out_fault, size_t fault_max);

/* Signed by its own key. NULL where the library fails; freed by X509_free, as the next one. */
X509 *cert_make_ca(EVP_PKEY *key, int64_t utc_s);

/* For `key`, signed by the authority. */
X509 *cert_make_server(
	EVP_PKEY *key, const GENERAL_NAMES *names, X509 *ca, EVP_PKEY *ca_key, int64_t utc_s);
