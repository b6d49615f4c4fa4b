/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Order makes this safe to interrupt: a key is on disk before the certificate that needs it, each file
 * appears whole, and a start that finds only some of them goes on from there.
 */
#include "server/cert.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "common/clock.h"
#include "common/span.h"
#include "server/cert_make.h"
#include "server/data_file.h"

#define DAY_S INT64_C(86400)
#define PEM_BYTES_MAX ((size_t)64 * 1024)
#define RENEW_DAYS 30

/* What one cert_ensure works with; everything in it is owned. */
struct work {
	const char *dir;
	const char *names;
	int64_t utc_s;
	struct cert_fault *fault;
	EVP_PKEY *ca_key;
	X509 *ca;
	EVP_PKEY *server_key;
	X509 *server;
};

/* Always false, for `return fail(...)`. */
printf_like(2, 3) static bool fail(struct work *work, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(work->fault->text, sizeof(work->fault->text), format, arguments);
	va_end(arguments);
	return false;
}

static void path_of(const struct work *work, const char *name, char out[PATH_MAX])
{
	int len = snprintf(out, PATH_MAX, "%s/tls/%s", work->dir, name);

	assert(len > 0 && len < PATH_MAX);
}

/* A passphrase cannot be asked for: there is nobody at a server's terminal. */
static int on_key_passphrase(char *out, int size, int writing, void *data)
{
	(void)out;
	(void)size;
	(void)writing;
	(void)data;
	return -1;
}

/* *out_key stays NULL where the file is absent; false where it is there and of no use. */
static bool read_key(struct work *work, const char *name, EVP_PKEY **out_key)
{
	char path[PATH_MAX];
	FILE *file;

	path_of(work, name, path);
	if (!data_file_is_private(path)) {
		return errno == ENOENT ||
		       fail(work, "'%.300s' is open to other accounts, or not ours", path);
	}
	file = fopen(path, "re");
	if (file == NULL) {
		return fail(work, "'%.300s': %s", path, strerror(errno));
	}
	*out_key = PEM_read_PrivateKey(file, NULL, on_key_passphrase, NULL);
	(void)fclose(file);
	ERR_clear_error();
	return *out_key != NULL || fail(work, "'%.300s' holds no usable key", path);
}

/* The same for a certificate. */
static bool read_cert(struct work *work, const char *name, X509 **out_cert)
{
	char path[PATH_MAX];
	FILE *file;

	path_of(work, name, path);
	file = fopen(path, "re");
	if (file == NULL) {
		return errno == ENOENT || fail(work, "'%.300s': %s", path, strerror(errno));
	}
	*out_cert = PEM_read_X509(file, NULL, on_key_passphrase, NULL);
	(void)fclose(file);
	ERR_clear_error();
	return *out_cert != NULL || fail(work, "'%.300s' holds no certificate", path);
}

/* Takes what was written to `bio` and writes it to the file; wipes it, for it may be a key. */
static bool write_pem(struct work *work, const char *name, mode_t mode, BIO *bio)
{
	char path[PATH_MAX];
	char *pem = NULL;
	long len = BIO_get_mem_data(bio, &pem);
	bool written;

	assert(len > 0 && (size_t)len <= PEM_BYTES_MAX);
	path_of(work, name, path);
	written = data_file_write(path, mode, span_of(pem, (size_t)len));
	explicit_bzero(pem, (size_t)len);
	return written || fail(work, "'%.300s': %s", path, strerror(errno));
}

static bool make_key(struct work *work, const char *name, EVP_PKEY **out_key)
{
	BIO *bio = BIO_new(BIO_s_mem());
	EVP_PKEY *key = EVP_EC_gen("P-256");
	bool made = bio != NULL && key != NULL &&
	            PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1;

	*out_key = key;
	made = made ? write_pem(work, name, 0400, bio) : fail(work, "no key can be made");
	BIO_free(bio);
	return made;
}

static bool write_cert(struct work *work, const char *name, X509 *cert)
{
	BIO *bio = BIO_new(BIO_s_mem());
	bool written = cert != NULL && bio != NULL && PEM_write_bio_X509(bio, cert) == 1;

	written = written ? write_pem(work, name, 0444, bio) : fail(work, "'%s' cannot be made", name);
	BIO_free(bio);
	return written;
}

static int64_t seconds_left(const X509 *cert, int64_t utc_s)
{
	time_t now = (time_t)utc_s;
	int days = 0;
	int seconds = 0;
	ASN1_TIME *present = ASN1_TIME_set(NULL, now);
	int known =
		present == NULL ? 0 : ASN1_TIME_diff(&days, &seconds, present, X509_get0_notAfter(cert));

	ASN1_TIME_free(present);
	return known == 1 ? days * DAY_S + seconds : -1;
}

/* The authority, from disk or new. One without its key is left alone: clients trust it. */
static bool ensure_ca(struct work *work)
{
	if (!read_cert(work, "ca.crt", &work->ca) || !read_key(work, "ca.key", &work->ca_key)) {
		return false;
	}
	if (work->ca != NULL && work->ca_key == NULL) {
		return fail(work, "a server certificate is due, and tls/ca.key is missing beside ca.crt");
	}
	if (work->ca != NULL && X509_check_private_key(work->ca, work->ca_key) != 1) {
		return fail(work, "tls/ca.key is not the key of tls/ca.crt");
	}
	if (work->ca_key == NULL && !make_key(work, "ca.key", &work->ca_key)) {
		return false;
	}
	if (work->ca == NULL) {
		work->ca = cert_make_ca(work->ca_key, work->utc_s);
		return write_cert(work, "ca.crt", work->ca);
	}
	return true;
}

/* For how long server.crt can stay as it is; 0 where it cannot. */
static int64_t good_for_s(const struct work *work)
{
	if (work->server == NULL || work->server_key == NULL ||
		X509_check_private_key(work->server, work->server_key) != 1) {
		return 0;
	}
	return seconds_left(work->server, work->utc_s);
}

/* Somebody who keeps the authority's key elsewhere renews by hand; until the end that is no fault. */
static bool can_renew(const struct work *work)
{
	char path[PATH_MAX];

	path_of(work, "ca.key", path);
	return access(path, F_OK) == 0;
}

static bool ensure_server(struct work *work)
{
	GENERAL_NAMES *names;
	X509 *made;
	bool written;
	int64_t left_s;

	if (!read_key(work, "server.key", &work->server_key) ||
		!read_cert(work, "server.crt", &work->server)) {
		return false;
	}
	left_s = good_for_s(work);
	if (left_s > RENEW_DAYS * DAY_S || (left_s > 0 && !can_renew(work))) {
		return true;
	}
	names = cert_make_names(work->names, work->fault->text, sizeof(work->fault->text));
	if (names == NULL) {
		return false;
	}
	if (!ensure_ca(work) ||
		(work->server_key == NULL && !make_key(work, "server.key", &work->server_key))) {
		GENERAL_NAMES_free(names);
		return false;
	}
	made = cert_make_server(work->server_key, names, work->ca, work->ca_key, work->utc_s);
	written = write_cert(work, "server.crt", made);
	X509_free(made);
	GENERAL_NAMES_free(names);
	return written;
}

enum err cert_ensure(
	const char *dir, const char *names, int64_t utc_us, struct cert_fault *out_fault)
{
	struct work work = {.dir = dir, .names = names, .utc_s = utc_us / US_PER_S, .fault = out_fault};
	char path[PATH_MAX];
	bool done;

	assert(utc_us > 0);
	path_of(&work, "", path);
	path[strlen(path) - 1] = '\0';
	done = data_file_mkdir(path) ? ensure_server(&work)
	                             : fail(&work, "'%.300s': %s", path, strerror(errno));
	X509_free(work.server);
	EVP_PKEY_free(work.server_key);
	X509_free(work.ca);
	EVP_PKEY_free(work.ca_key);
	ERR_clear_error();
	return done ? ERR_OK : ERR_CONFIG;
}

bool cert_days_left(const char *path, int64_t utc_us, int *out_days)
{
	FILE *file = fopen(path, "re");
	X509 *cert = NULL;
	int64_t left_s;

	if (file == NULL) {
		return false;
	}
	cert = PEM_read_X509(file, NULL, on_key_passphrase, NULL);
	(void)fclose(file);
	ERR_clear_error();
	if (cert == NULL) {
		return false;
	}
	left_s = seconds_left(cert, utc_us / US_PER_S);
	X509_free(cert);
	/* Downward, so that the last day is 0 and the first after it is -1. */
	*out_days = (int)((left_s - (left_s < 0 ? DAY_S - 1 : 0)) / DAY_S);
	return true;
}

enum cert_age cert_age(int days_left)
{
	if (days_left < 0) {
		return CERT_EXPIRED;
	}
	if (days_left <= 3) {
		return CERT_DUE_3;
	}
	if (days_left <= 14) {
		return CERT_DUE_14;
	}
	return days_left <= 30 ? CERT_DUE_30 : CERT_FRESH;
}
