/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what the certificates are (by OpenSSL's own verifier, as a client would), that nothing that is
 * there is replaced without need, and that a first start that was cut short goes on.
 */
#include "server/cert.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "common/clock.h"
#include "common/tls.h"
#include "server/data_file.h"
#include "tests/check.h"
#include "tests/server/scratch.h"

#define DAY_US (INT64_C(86400) * US_PER_S)
#define NAMES "localhost,127.0.0.1,::1"
#define FILE_BYTES_MAX 8192

struct file {
	uint8_t bytes[FILE_BYTES_MAX];
	size_t len;
};

static char dir[SCRATCH_PATH_MAX]; /* a new one for each test */

static const char *path_of(const char *name)
{
	static char path[SCRATCH_PATH_MAX + 32];

	(void)snprintf(path, sizeof(path), "%s/tls/%s", dir, name);
	return path;
}

static enum err ensure_at(int64_t days, struct cert_fault *out_fault)
{
	*out_fault = (struct cert_fault){""};
	return cert_ensure(dir, NAMES, clock_now().utc_us + days * DAY_US, out_fault);
}

static bool read_file(const char *name, struct file *out)
{
	return data_file_read(path_of(name), out->bytes, sizeof(out->bytes), &out->len);
}

static bool same(const struct file *file, const char *name)
{
	struct file now;

	return read_file(name, &now) &&
	       span_equal(span_of(file->bytes, file->len), span_of(now.bytes, now.len));
}

static X509 *read_cert(const char *name)
{
	FILE *file = fopen(path_of(name), "re");
	X509 *cert = file == NULL ? NULL : PEM_read_X509(file, NULL, NULL, NULL);

	if (file != NULL) {
		(void)fclose(file);
	}
	return cert;
}

static int mode_of(const char *name)
{
	struct stat status;

	return stat(path_of(name), &status) == 0 ? (int)(status.st_mode & 07777) : -1;
}

static void start_anew(void)
{
	scratch_dir(dir);
}

static void test_first_start_makes_four_files(void)
{
	struct cert_fault fault;

	start_anew();
	CHECK_INT_EQ(ensure_at(0, &fault), ERR_OK);
	CHECK_INT_EQ(mode_of(""), 0700);
	CHECK_INT_EQ(mode_of("ca.key"), 0400);
	CHECK_INT_EQ(mode_of("ca.crt"), 0444);
	CHECK_INT_EQ(mode_of("server.key"), 0400);
	CHECK_INT_EQ(mode_of("server.crt"), 0444);
}

static void test_authority_is_one(void)
{
	struct cert_fault fault;
	char name[64] = "";
	X509 *ca;

	start_anew();
	CHECK_INT_EQ(ensure_at(0, &fault), ERR_OK);
	ca = read_cert("ca.crt");
	CHECK(ca != NULL);
	(void)X509_NAME_get_text_by_NID(X509_get_subject_name(ca), NID_commonName, name, sizeof(name));
	CHECK_STR_EQ(name, "guanjia private CA");
	CHECK_INT_EQ(X509_check_ca(ca), 1);
	CHECK_INT_EQ(X509_get_pathlen(ca), 0);
	CHECK_INT_EQ(X509_get_key_usage(ca), KU_KEY_CERT_SIGN | KU_CRL_SIGN);
	CHECK_INT_EQ(EVP_PKEY_get_bits(X509_get0_pubkey(ca)), 256);
	X509_free(ca);
}

/* As the verifier of a TLS client sees it: chain, purpose, and each name. */
static void test_server_is_trusted_for_its_names(void)
{
	static const char *const bad_hosts[] = {"example.org", "localhost.example.org", ""};
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	struct cert_fault fault;
	X509 *ca;
	X509 *server;

	start_anew();
	CHECK_INT_EQ(ensure_at(0, &fault), ERR_OK);
	ca = read_cert("ca.crt");
	server = read_cert("server.crt");
	CHECK(store != NULL && context != NULL && ca != NULL && server != NULL);
	CHECK_INT_EQ(X509_STORE_add_cert(store, ca), 1);
	CHECK_INT_EQ(X509_STORE_CTX_init(context, store, server, NULL), 1);
	CHECK_INT_EQ(X509_STORE_CTX_set_purpose(context, X509_PURPOSE_SSL_SERVER), 1);
	CHECK_INT_EQ(X509_verify_cert(context), 1);
	CHECK_INT_EQ(X509_check_host(server, "localhost", 0, 0, NULL), 1);
	CHECK_INT_EQ(X509_check_ip_asc(server, "127.0.0.1", 0), 1);
	CHECK_INT_EQ(X509_check_ip_asc(server, "::1", 0), 1);
	CHECK_INT_EQ(X509_check_ip_asc(server, "127.0.0.2", 0), 0);
	for (size_t i = 0; i < COUNT(bad_hosts); i++) {
		CHECK(X509_check_host(server, bad_hosts[i], strlen(bad_hosts[i]), 0, NULL) != 1);
	}
	CHECK_INT_EQ(X509_get_extended_key_usage(server), XKU_SSL_SERVER);
	CHECK_INT_EQ(X509_check_ca(server), 0);
	X509_free(server);
	X509_free(ca);
	X509_STORE_CTX_free(context);
	X509_STORE_free(store);
}

static void test_our_tls_takes_them(void)
{
	struct cert_fault fault;
	const char *reason = NULL;
	char cert[SCRATCH_PATH_MAX + 32];
	char key[SCRATCH_PATH_MAX + 32];
	struct tls_files files = {.cert_path = cert, .key_path = key};
	SSL_CTX *context;

	start_anew();
	CHECK_INT_EQ(ensure_at(0, &fault), ERR_OK);
	(void)snprintf(cert, sizeof(cert), "%s", path_of("server.crt"));
	(void)snprintf(key, sizeof(key), "%s", path_of("server.key"));
	context = tls_server_context(&files, &reason);
	CHECK(reason == NULL);
	CHECK(context != NULL);
	tls_context_free(context);
}

static void test_next_start_changes_nothing(void)
{
	static const char *const names[] = {"ca.key", "ca.crt", "server.key", "server.crt"};
	struct file before[COUNT(names)];
	struct cert_fault fault;

	start_anew();
	CHECK_INT_EQ(ensure_at(0, &fault), ERR_OK);
	for (size_t i = 0; i < COUNT(names); i++) {
		CHECK(read_file(names[i], &before[i]));
	}
	CHECK_INT_EQ(ensure_at(CERT_SERVER_DAYS - 31, &fault), ERR_OK);
	for (size_t i = 0; i < COUNT(names); i++) {
		CHECK(same(&before[i], names[i]));
	}
}

static void test_due_certificate_is_renewed_for_its_key(void)
{
	struct cert_fault fault;
	struct file ca;
	struct file key;
	struct file cert;
	int days = 0;

	start_anew();
	CHECK_INT_EQ(ensure_at(0, &fault), ERR_OK);
	CHECK(read_file("ca.crt", &ca) && read_file("server.key", &key) &&
		  read_file("server.crt", &cert));
	CHECK_INT_EQ(ensure_at(CERT_SERVER_DAYS - 29, &fault), ERR_OK);
	CHECK(same(&ca, "ca.crt"));
	CHECK(same(&key, "server.key"));
	CHECK(!same(&cert, "server.crt"));
	CHECK(cert_days_left(path_of("server.crt"), clock_now().utc_us, &days));
	CHECK(days >= 2 * CERT_SERVER_DAYS - 31);
}

/* Each file that a cut could leave out, and what must come of it. */
static void test_start_goes_on_where_one_was_cut_short(void)
{
	static const struct {
		const char *missing[3];
		bool keeps_ca;
	} cases[] = {
		{{"server.crt"}, true},
		{{"server.crt", "server.key"}, true},
		{{"server.key"}, true}, /* never ours, but mendable: a new key and a new certificate */
		{{"server.crt", "server.key", "ca.crt"}, false},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct cert_fault fault;
		struct file ca;
		X509 *issuer;
		X509 *server;

		start_anew();
		CHECK_INT_EQ(ensure_at(0, &fault), ERR_OK);
		CHECK(read_file("ca.crt", &ca));
		for (size_t k = 0; k < COUNT(cases[i].missing) && cases[i].missing[k] != NULL; k++) {
			CHECK_INT_EQ(unlink(path_of(cases[i].missing[k])), 0);
		}
		CHECK_INT_EQ(ensure_at(0, &fault), ERR_OK);
		CHECK_INT_EQ(same(&ca, "ca.crt"), cases[i].keeps_ca);
		issuer = read_cert("ca.crt");
		server = read_cert("server.crt");
		CHECK(issuer != NULL && server != NULL);
		CHECK_INT_EQ(X509_verify(server, X509_get0_pubkey(issuer)), 1);
		X509_free(server);
		X509_free(issuer);
	}
}

/* An authority whose key is kept elsewhere is never replaced: clients trust it. */
static void test_authority_without_its_key_is_left_alone(void)
{
	struct cert_fault fault;
	struct file ca;

	start_anew();
	CHECK_INT_EQ(ensure_at(0, &fault), ERR_OK);
	CHECK(read_file("ca.crt", &ca));
	CHECK_INT_EQ(unlink(path_of("ca.key")), 0);
	CHECK_INT_EQ(ensure_at(CERT_SERVER_DAYS - 10, &fault), ERR_OK);
	CHECK_INT_EQ(ensure_at(CERT_SERVER_DAYS + 1, &fault), ERR_CONFIG);
	CHECK(strstr(fault.text, "ca.key is missing") != NULL);
	CHECK(same(&ca, "ca.crt"));
}

static void test_files_that_do_not_do_are_faults(void)
{
	static const struct {
		const char *name;
		const char *text;
		const char *fault;
	} cases[] = {
		{"server.key", "no key", "holds no usable key"},
		{"server.crt", "no certificate", "holds no certificate"},
	};
	struct cert_fault fault;

	for (size_t i = 0; i < COUNT(cases); i++) {
		start_anew();
		CHECK_INT_EQ(ensure_at(0, &fault), ERR_OK);
		CHECK_INT_EQ(unlink(path_of(cases[i].name)), 0);
		scratch_write(path_of(cases[i].name), cases[i].text);
		CHECK_INT_EQ(ensure_at(0, &fault), ERR_CONFIG);
		CHECK(strstr(fault.text, cases[i].fault) != NULL);
	}
	start_anew();
	CHECK_INT_EQ(ensure_at(0, &fault), ERR_OK);
	CHECK_INT_EQ(chmod(path_of("server.key"), 0444), 0);
	CHECK_INT_EQ(ensure_at(0, &fault), ERR_CONFIG);
	CHECK(strstr(fault.text, "is open to other accounts") != NULL);
}

static void test_another_authoritys_key_is_refused(void)
{
	struct cert_fault fault;
	struct file key;
	FILE *out;

	start_anew();
	CHECK_INT_EQ(ensure_at(0, &fault), ERR_OK);
	CHECK(read_file("server.key", &key)); /* any other key */
	CHECK_INT_EQ(unlink(path_of("ca.key")), 0);
	CHECK_INT_EQ(unlink(path_of("server.crt")), 0);
	out = fopen(path_of("ca.key"), "we");
	CHECK(out != NULL);
	CHECK_INT_EQ(fwrite(key.bytes, 1, key.len, out), key.len);
	CHECK_INT_EQ(fchmod(fileno(out), 0400), 0);
	CHECK_INT_EQ(fclose(out), 0);
	CHECK_INT_EQ(ensure_at(0, &fault), ERR_CONFIG);
	CHECK_STR_EQ(fault.text, "tls/ca.key is not the key of tls/ca.crt");
}

static void test_names_are_checked(void)
{
	static const struct {
		const char *names;
		bool good;
	} cases[] = {
		{"localhost", true},
		{"a.example, 10.0.0.1 ,fe80::1,*.b.example", true},
		{"xn--fiqs8s.example", true},
		{"0123456789012345678901234567890123456789012345678901234567890123456789.example", false},
		{"a b", false},
		{"-a.example", false},
		{"a-.example", false},
		{"a..example", false},
		{".example", false},
		{"example.", false},
		{"*", false},
		{"a.*.example", false},
		{"localhost,,b", false},
		{"127.0.0.1:7443", false},
		{"email:copy", false}, /* means something in openssl.cnf */
		{"管家.example", false},
		{",", false},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct cert_fault fault = {""};
		enum err err;

		start_anew();
		err = cert_ensure(dir, cases[i].names, clock_now().utc_us, &fault);
		if (err != (cases[i].good ? ERR_OK : ERR_CONFIG)) {
			printf("#   names '%s': %s\n", cases[i].names, fault.text);
		}
		CHECK_INT_EQ(err, cases[i].good ? ERR_OK : ERR_CONFIG);
		CHECK_INT_EQ(strncmp(fault.text, "tls_names: ", 11) == 0, !cases[i].good);
	}
}

static void test_too_many_names_are_refused(void)
{
	static char names[4096];
	struct cert_fault fault = {""};

	start_anew();
	for (int i = 0; i < 101; i++) {
		(void)snprintf(names + strlen(names), sizeof(names) - strlen(names), "h%d,", i);
	}
	CHECK_INT_EQ(cert_ensure(dir, names, clock_now().utc_us, &fault), ERR_CONFIG);
	CHECK_STR_EQ(fault.text, "tls_names: more than 100 names");
}

static void test_days_are_counted_down(void)
{
	int64_t made_us = clock_now().utc_us / DAY_US * DAY_US;
	struct cert_fault fault = {""};
	static const struct {
		int64_t after_us;
		int days;
	} cases[] = {
		{0, CERT_SERVER_DAYS},
		{1 * US_PER_S, CERT_SERVER_DAYS - 1},
		{DAY_US, CERT_SERVER_DAYS - 1},
		{(CERT_SERVER_DAYS - 1) * DAY_US, 1},
		{CERT_SERVER_DAYS * DAY_US - US_PER_S, 0},
		{CERT_SERVER_DAYS * DAY_US, 0},
		{CERT_SERVER_DAYS * DAY_US + US_PER_S, -1},
		{(CERT_SERVER_DAYS + 1) * DAY_US + US_PER_S, -2},
	};

	start_anew();
	CHECK_INT_EQ(cert_ensure(dir, NAMES, made_us, &fault), ERR_OK);
	for (size_t i = 0; i < COUNT(cases); i++) {
		int days = 12345;

		CHECK(cert_days_left(path_of("server.crt"), made_us + cases[i].after_us, &days));
		CHECK_INT_EQ(days, cases[i].days);
	}
}

static void test_days_of_nothing_are_unknown(void)
{
	int days = 12345;

	char path[SCRATCH_PATH_MAX + 8];

	start_anew();
	(void)snprintf(path, sizeof(path), "%s/none", dir);
	CHECK(!cert_days_left(path, clock_now().utc_us, &days));
	scratch_write(path, "no certificate");
	CHECK(!cert_days_left(path, clock_now().utc_us, &days));
	CHECK_INT_EQ(days, 12345);
}

static void test_age_has_its_borders(void)
{
	static const struct {
		int days;
		enum cert_age age;
	} cases[] = {{365, CERT_FRESH}, {31, CERT_FRESH}, {30, CERT_DUE_30}, {15, CERT_DUE_30},
		{14, CERT_DUE_14}, {4, CERT_DUE_14}, {3, CERT_DUE_3}, {0, CERT_DUE_3}, {-1, CERT_EXPIRED},
		{-365, CERT_EXPIRED}};

	for (size_t i = 0; i < COUNT(cases); i++) {
		CHECK_INT_EQ(cert_age(cases[i].days), cases[i].age);
	}
}

static const struct test tests[] = {
	{"first_start_makes_four_files", test_first_start_makes_four_files},
	{"authority_is_one", test_authority_is_one},
	{"server_is_trusted_for_its_names", test_server_is_trusted_for_its_names},
	{"our_tls_takes_them", test_our_tls_takes_them},
	{"next_start_changes_nothing", test_next_start_changes_nothing},
	{"due_certificate_is_renewed_for_its_key", test_due_certificate_is_renewed_for_its_key},
	{"start_goes_on_where_one_was_cut_short", test_start_goes_on_where_one_was_cut_short},
	{"authority_without_its_key_is_left_alone", test_authority_without_its_key_is_left_alone},
	{"files_that_do_not_do_are_faults", test_files_that_do_not_do_are_faults},
	{"another_authoritys_key_is_refused", test_another_authoritys_key_is_refused},
	{"names_are_checked", test_names_are_checked},
	{"too_many_names_are_refused", test_too_many_names_are_refused},
	{"days_are_counted_down", test_days_are_counted_down},
	{"days_of_nothing_are_unknown", test_days_of_nothing_are_unknown},
	{"age_has_its_borders", test_age_has_its_borders},
};

int main(void)
{
	scratch_leave_root();
	return check_main(tests, COUNT(tests));
}
