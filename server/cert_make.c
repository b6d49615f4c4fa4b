/* SPDX-License-Identifier: Apache-2.0 */
#include "server/cert_make.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <time.h>

#include <openssl/rand.h>

#include "common/log.h"
#include "common/span.h"
#include "server/cert.h"

#define SKEW_S INT64_C(3600) /* a client's clock may be behind ours */
#define DAY_S INT64_C(86400)
#define SERIAL_BYTES 16    /* RFC 5280 §4.1.2.2: at most 20, positive */
#define NAME_BYTES_MAX 253 /* RFC 1035 §2.3.4, without the trailing dot */
#define LABEL_BYTES_MAX 63
#define COMMON_BYTES_MAX 64 /* RFC 5280 appendix A: ub-common-name */
#define NAME_COUNT_MAX 100

/* Letters, digits, hyphens inside of labels; "*" as the whole first label. */
static bool is_dns_name(struct str name)
{
	size_t label_len = 0;

	if (name.len == 0 || name.len > NAME_BYTES_MAX) {
		return false;
	}
	if (name.len > 2 && name.ptr[0] == '*' && name.ptr[1] == '.') {
		name = str_of(name.ptr + 2, name.len - 2);
	}
	for (size_t i = 0; i < name.len; i++) {
		char byte = name.ptr[i];
		bool edge = label_len == 0 || i + 1 == name.len || name.ptr[i + 1] == '.';
		bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
		              (byte >= '0' && byte <= '9');

		if (byte == '.' && label_len > 0) {
			label_len = 0;
		} else if (letter || (byte == '-' && !edge)) {
			label_len++;
		} else {
			return false;
		}
		if (label_len > LABEL_BYTES_MAX) {
			return false;
		}
	}
	return label_len > 0;
}

/* 4 or 16 bytes in network order; 0 for what is no address. */
static int parse_address(struct str name, uint8_t out[16])
{
	char text[INET6_ADDRSTRLEN];

	if (name.len == 0 || name.len >= sizeof(text)) {
		return 0;
	}
	memcpy(text, name.ptr, name.len);
	text[name.len] = '\0';
	if (inet_pton(AF_INET, text, out) == 1) {
		return 4;
	}
	return inet_pton(AF_INET6, text, out) == 1 ? 16 : 0;
}

/* NULL where it is no name, or without memory. */
static GENERAL_NAME *make_name(struct str name)
{
	uint8_t address[16];
	int address_len = parse_address(name, address);
	bool is_address = address_len > 0;
	ASN1_STRING *value;
	GENERAL_NAME *made;

	if (!is_address && !is_dns_name(name)) {
		return NULL;
	}
	value = is_address ? ASN1_OCTET_STRING_new() : ASN1_IA5STRING_new();
	made = GENERAL_NAME_new();
	if (value == NULL || made == NULL ||
		ASN1_STRING_set(value, is_address ? (const void *)address : name.ptr,
			is_address ? address_len : (int)name.len) != 1) {
		ASN1_STRING_free(value);
		GENERAL_NAME_free(made);
		return NULL;
	}
	GENERAL_NAME_set0_value(made, is_address ? GEN_IPADD : GEN_DNS, value);
	return made;
}

static struct str trim(struct str text)
{
	while (text.len > 0 && text.ptr[0] == ' ') {
		text = str_of(text.ptr + 1, text.len - 1);
	}
	while (text.len > 0 && text.ptr[text.len - 1] == ' ') {
		text.len--;
	}
	return text;
}

/* Takes the next name off the front of the list. */
static struct str next_name(const char **names)
{
	size_t len = strcspn(*names, ",");
	struct str name = trim(str_of(*names, len));

	*names += len + ((*names)[len] == ',' ? 1 : 0);
	return name;
}

GENERAL_NAMES *cert_make_names(const char *names, char *out_fault, size_t fault_max)
{
	GENERAL_NAMES *made = GENERAL_NAMES_new();
	char quoted[512];

	assert(names[0] != '\0');
	for (int i = 0; made != NULL && *names != '\0' && i < NAME_COUNT_MAX; i++) {
		struct str text = next_name(&names);
		GENERAL_NAME *name = make_name(text);

		if (name == NULL || sk_GENERAL_NAME_push(made, name) <= 0) {
			(void)snprintf(out_fault, fault_max, "tls_names: %.100s is no name and no address",
				log_quote(quoted, text));
			GENERAL_NAME_free(name);
			GENERAL_NAMES_free(made);
			return NULL;
		}
	}
	if (made == NULL || *names != '\0') {
		(void)snprintf(out_fault, fault_max, "tls_names: more than %d names", NAME_COUNT_MAX);
		GENERAL_NAMES_free(made);
		return NULL;
	}
	return made;
}

/* The first name of the list as a text, for the common name, which clients do not look at. */
static void first_name_text(const GENERAL_NAMES *names, char out[COMMON_BYTES_MAX + 1])
{
	int kind;
	const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, 0);
	const ASN1_STRING *value = GENERAL_NAME_get0_value(name, &kind);
	const uint8_t *bytes = ASN1_STRING_get0_data(value);
	int len = ASN1_STRING_length(value);

	if (kind == GEN_IPADD) {
		(void)inet_ntop(len == 4 ? AF_INET : AF_INET6, bytes, out, COMMON_BYTES_MAX + 1);
	} else {
		(void)snprintf(out, COMMON_BYTES_MAX + 1, "%.*s", len, (const char *)bytes);
	}
}

static bool set_serial(X509 *cert)
{
	uint8_t bytes[SERIAL_BYTES];
	BIGNUM *number;
	bool set;

	if (RAND_bytes(bytes, sizeof(bytes)) != 1) {
		return false;
	}
	bytes[0] = (uint8_t)((bytes[0] & 0x7F) | 0x40); /* positive, and always of the same length */
	number = BN_bin2bn(bytes, sizeof(bytes), NULL);
	set = number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert)) != NULL;
	BN_free(number);
	return set;
}

/* Everything but extensions, issuer and signature. */
static bool fill(X509 *cert, const char *name, EVP_PKEY *key, int64_t from_s, int64_t days)
{
	X509_NAME *subject = X509_get_subject_name(cert);

	return X509_set_version(cert, X509_VERSION_3) == 1 && set_serial(cert) &&
	       ASN1_TIME_set(X509_getm_notBefore(cert), (time_t)(from_s - SKEW_S)) != NULL &&
	       ASN1_TIME_set(X509_getm_notAfter(cert), (time_t)(from_s + days * DAY_S)) != NULL &&
	       X509_set_pubkey(cert, key) == 1 &&
	       X509_NAME_add_entry_by_NID(
			   subject, NID_commonName, MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0) == 1;
}

/* `value` is our own text, never one from a setting: it is in a language of its own. */
static bool extend(X509 *cert, X509 *issuer, int kind, const char *value)
{
	X509V3_CTX context = {0};
	X509_EXTENSION *extension;
	bool added;

	X509V3_set_ctx(&context, issuer, cert, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &context, kind, value);
	added = extension != NULL && X509_add_ext(cert, extension, -1) == 1;
	X509_EXTENSION_free(extension);
	return added;
}

static bool sign(X509 *cert, X509 *issuer, EVP_PKEY *issuer_key)
{
	return X509_set_issuer_name(cert, X509_get_subject_name(issuer)) == 1 &&
	       X509_sign(cert, issuer_key, EVP_sha256()) > 0;
}

X509 *cert_make_ca(EVP_PKEY *key, int64_t utc_s)
{
	X509 *cert = X509_new();

	if (cert == NULL || !fill(cert, CERT_CA_NAME, key, utc_s, CERT_CA_DAYS) ||
		!extend(cert, cert, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") ||
		!extend(cert, cert, NID_key_usage, "critical,keyCertSign,cRLSign") ||
		!extend(cert, cert, NID_subject_key_identifier, "hash") || !sign(cert, cert, key)) {
		X509_free(cert);
		return NULL;
	}
	return cert;
}

X509 *cert_make_server(
	EVP_PKEY *key, const GENERAL_NAMES *names, X509 *ca, EVP_PKEY *ca_key, int64_t utc_s)
{
	X509 *cert = X509_new();
	char common[COMMON_BYTES_MAX + 1] = "";

	assert(sk_GENERAL_NAME_num(names) > 0);
	first_name_text(names, common);
	if (cert == NULL || !fill(cert, common, key, utc_s, CERT_SERVER_DAYS) ||
		!extend(cert, ca, NID_basic_constraints, "critical,CA:FALSE") ||
		!extend(cert, ca, NID_key_usage, "critical,digitalSignature") ||
		!extend(cert, ca, NID_ext_key_usage, "serverAuth") ||
		!extend(cert, ca, NID_subject_key_identifier, "hash") ||
		!extend(cert, ca, NID_authority_key_identifier, "keyid:always") ||
		X509_add1_ext_i2d(cert, NID_subject_alt_name, (void *)(uintptr_t)names, 0, 0) != 1 ||
		!sign(cert, ca, ca_key)) {
		X509_free(cert);
		return NULL;
	}
	return cert;
}
