/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/common/certs.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#define DAY_S (24L * 60 * 60)

/* What cannot be made ends the test program: nothing after it would mean anything. */
static void need(bool made)
{
	if (!made) {
		perror("certs");
		abort();
	}
}

static void add_extension(X509 *cert, X509 *issuer, int kind, const char *value)
{
	X509V3_CTX context = {0};
	X509_EXTENSION *extension;

	X509V3_set_ctx(&context, issuer, cert, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &context, kind, value);
	need(extension != NULL);
	need(X509_add_ext(cert, extension, -1) == 1);
	X509_EXTENSION_free(extension);
}

/* A certificate that lacks its extensions and its signature. */
static X509 *new_cert(const char *name, EVP_PKEY *key, long serial, long expires_s)
{
	X509 *cert = X509_new();
	X509_NAME *subject;

	need(cert != NULL && key != NULL);
	subject = X509_get_subject_name(cert);
	need(X509_set_version(cert, X509_VERSION_3) == 1);
	need(ASN1_INTEGER_set(X509_get_serialNumber(cert), serial) == 1);
	need(X509_gmtime_adj(X509_getm_notBefore(cert), -2 * DAY_S) != NULL);
	need(X509_gmtime_adj(X509_getm_notAfter(cert), expires_s) != NULL);
	need(X509_set_pubkey(cert, key) == 1);
	need(X509_NAME_add_entry_by_txt(
			 subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0) == 1);
	return cert;
}

static void sign(X509 *cert, X509 *issuer, EVP_PKEY *issuer_key)
{
	need(X509_set_issuer_name(cert, X509_get_subject_name(issuer)) == 1);
	need(X509_sign(cert, issuer_key, EVP_sha256()) > 0);
}

static void write_cert(const char *path, X509 *cert)
{
	FILE *file = fopen(path, "w");

	need(file != NULL);
	need(PEM_write_X509(file, cert) == 1);
	need(fclose(file) == 0);
}

static void write_key(const char *path, EVP_PKEY *key)
{
	FILE *file = fopen(path, "w");

	need(file != NULL);
	need(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) == 1);
	need(fclose(file) == 0);
}

static void name_files(struct certs *certs)
{
	(void)snprintf(certs->directory, sizeof(certs->directory), "/tmp/guanjia-certs-XXXXXX");
	need(mkdtemp(certs->directory) != NULL);
	(void)snprintf(certs->ca_path, sizeof(certs->ca_path), "%s/ca.pem", certs->directory);
	(void)snprintf(certs->cert_path, sizeof(certs->cert_path), "%s/cert.pem", certs->directory);
	(void)snprintf(certs->key_path, sizeof(certs->key_path), "%s/key.pem", certs->directory);
}

void certs_make(struct certs *certs, const char *names, long expires_s)
{
	EVP_PKEY *ca_key = EVP_EC_gen("P-256");
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *ca = new_cert("Test Authority", ca_key, 1, DAY_S);
	X509 *cert = new_cert("common.name.test", key, 2, expires_s);

	add_extension(ca, ca, NID_basic_constraints, "critical,CA:TRUE");
	add_extension(ca, ca, NID_key_usage, "critical,keyCertSign");
	add_extension(ca, ca, NID_subject_key_identifier, "hash");
	sign(ca, ca, ca_key);

	add_extension(cert, ca, NID_basic_constraints, "critical,CA:FALSE");
	add_extension(cert, ca, NID_subject_alt_name, names);
	add_extension(cert, ca, NID_authority_key_identifier, "keyid");
	sign(cert, ca, ca_key);

	name_files(certs);
	write_cert(certs->ca_path, ca);
	write_cert(certs->cert_path, cert);
	write_key(certs->key_path, key);
	X509_free(cert);
	X509_free(ca);
	EVP_PKEY_free(key);
	EVP_PKEY_free(ca_key);
}

void certs_remove(struct certs *certs)
{
	need(unlink(certs->ca_path) == 0);
	need(unlink(certs->cert_path) == 0);
	need(unlink(certs->key_path) == 0);
	need(rmdir(certs->directory) == 0);
}
