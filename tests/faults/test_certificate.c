/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that certificates are replaced at work: under the load of a crowd, and while newcomers keep
 * coming, certificate and key are new and the server is told so, many times. Nobody is dropped, no call
 * is lost, no newcomer is turned away, also in the moment between the two files; and who connects after
 * a reload sees the certificate that lies there now.
 */
#include "tests/check.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "server/cert.h"
#include "tests/faults/crowd.h"
#include "tests/live/client.h"
#include "tests/server/scratch.h"

#define WORKERS 8
#define RELOADS 15
#define NEWCOMERS 3 /* between signal and answer, each time */
#define STEPS 20    /* acknowledged between two reloads */
#define PATH_MAX_HERE (LIVE_PATH_MAX + 64)
#define PRINT_BYTES 32

static struct live_told told;
static struct live_server server;
static struct crowd crowd;

static void need(bool holds, const char *what)
{
	if (!holds) {
		printf("# %s: %s\n", what, strerror(errno));
		(void)fflush(stdout);
		abort();
	}
}

static void copy_file(const char *source_dir, const char *target_dir, const char *name)
{
	char path[PATH_MAX_HERE];
	char text[16384] = "";
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/tls/%s", source_dir, name);
	file = fopen(path, "re");
	need(file != NULL, path);
	(void)!fread(text, 1, sizeof(text) - 1, file);
	(void)fclose(file);
	(void)snprintf(path, sizeof(path), "%s/tls/%s", target_dir, name);
	scratch_write(path, text);
}

/* One file, as administrators should: beside it, then in its place at once. */
static void put_in_place(const char *source_dir, const char *name)
{
	char here[PATH_MAX_HERE];
	char there[PATH_MAX_HERE];
	char beside[PATH_MAX_HERE];

	(void)snprintf(here, sizeof(here), "%s/tls/%s", source_dir, name);
	(void)snprintf(there, sizeof(there), "%s/tls/%s", server.dir, name);
	(void)snprintf(beside, sizeof(beside), "%s/tls/%s.new", server.dir, name);
	need(rename(here, beside) == 0, beside);
	need(rename(beside, there) == 0, there);
}

/* A key and certificate of the server's own authority, in a directory like the server's. */
static void make_identity(char out_dir[SCRATCH_PATH_MAX])
{
	char path[PATH_MAX_HERE];
	struct cert_fault fault;

	scratch_dir(out_dir);
	(void)snprintf(path, sizeof(path), "%s/tls", out_dir);
	need(mkdir(path, 0700) == 0, path);
	copy_file(server.dir, out_dir, "ca.crt");
	copy_file(server.dir, out_dir, "ca.key");
	need(cert_ensure(out_dir, "localhost,127.0.0.1", clock_now().utc_us, &fault) == ERR_OK,
		"cert_ensure");
}

static void print_of_file(uint8_t out[PRINT_BYTES])
{
	char path[PATH_MAX_HERE];
	FILE *file;
	X509 *cert;

	(void)snprintf(path, sizeof(path), "%s/tls/server.crt", server.dir);
	file = fopen(path, "re");
	need(file != NULL, path);
	cert = PEM_read_X509(file, NULL, NULL, NULL);
	need(cert != NULL && X509_digest(cert, EVP_sha256(), out, NULL) == 1, path);
	X509_free(cert);
	(void)fclose(file);
}

/* A new connection's certificate; false where it is turned away. */
static bool print_of_newcomer(uint8_t out[PRINT_BYTES])
{
	struct live_client newcomer = {.is_open = false};
	enum err err = live_client_open(&newcomer, &server);
	X509 *cert;

	if (err != ERR_OK) {
		printf("# a newcomer was told %s\n", err_name(err));
		return false;
	}
	cert = SSL_get1_peer_certificate(newcomer.loop.transport.client.tls.ssl);
	need(cert != NULL && X509_digest(cert, EVP_sha256(), out, NULL) == 1, "X509_digest");
	X509_free(cert);
	live_client_close(&newcomer);
	return true;
}

/* Newcomers come until the server has read everything anew, and each is let in. */
static bool come_during_reload(size_t reloads_before)
{
	uint8_t any[PRINT_BYTES];

	live_server_signal(&server, SIGHUP);
	for (int i = 0; i < NEWCOMERS; i++) {
		if (!print_of_newcomer(any)) {
			return false;
		}
	}
	return live_server_log_await(&server, " server.reload ", reloads_before + server.loop_count);
}

static void test_certificates_change_under_load(void)
{
	const char *sets[] = {told.set, NULL};
	uint8_t before[PRINT_BYTES];
	uint8_t wanted[PRINT_BYTES];
	uint8_t seen[PRINT_BYTES];

	live_server_init(&server, sets);
	CHECK(live_server_start(&server));
	crowd_begin(&crowd, &server, &told, WORKERS);
	for (size_t turn = 0; turn < RELOADS; turn++) {
		char identity[SCRATCH_PATH_MAX];
		size_t reloads = live_server_log_count(&server, " server.reload ");

		make_identity(identity);
		print_of_file(before);
		put_in_place(identity, "server.crt");
		print_of_file(wanted);
		CHECK(memcmp(before, wanted, PRINT_BYTES) != 0);
		put_in_place(identity, "server.key");
		CHECK(come_during_reload(reloads));
		CHECK(print_of_newcomer(seen));
		CHECK(memcmp(seen, wanted, PRINT_BYTES) == 0);
		CHECK(crowd_await(&crowd, STEPS));
	}
}

/* A key that is not the certificate's is said aloud, and what was there before goes on. */
static void test_files_that_do_not_fit_change_nothing(void)
{
	uint8_t wanted[PRINT_BYTES];
	uint8_t seen[PRINT_BYTES];
	char identity[SCRATCH_PATH_MAX];
	char beside[SCRATCH_PATH_MAX];
	char settings[3 * PATH_MAX_HERE];
	size_t reloads = live_server_log_count(&server, " server.reload ");

	CHECK(print_of_newcomer(wanted));
	make_identity(identity);
	make_identity(beside);
	/* Named by settings: its own files the server would mend. */
	(void)snprintf(settings, sizeof(settings),
		"tls_certificate = %s/tls/server.crt\ntls_key = %s/tls/server.key\n", identity, beside);
	live_server_configure(&server, settings);
	CHECK(come_during_reload(reloads));
	CHECK(live_server_log_await(&server, " server.certificate err=CONFIG kept=old", 1));
	CHECK(print_of_newcomer(seen));
	CHECK(memcmp(seen, wanted, PRINT_BYTES) == 0);
	CHECK(crowd_await(&crowd, STEPS));
}

static void test_nobody_was_dropped(void)
{
	crowd_end(&crowd);
	printf("# acknowledged %zu violations %zu; %zu calls lost in %d reloads\n", crowd.acknowledged,
		crowd.violations, crowd.lost, RELOADS + 1);
	CHECK_INT_EQ(crowd.violations, 0);
	CHECK_INT_EQ(crowd.lost, 0);
	CHECK(crowd.acknowledged >= (size_t)RELOADS * STEPS);
	CHECK_INT_EQ(live_server_stop(&server), 0);
	CHECK(live_server_is_sound(&server));
	crowd_fini(&crowd);
	live_server_fini(&server);
}

static const struct test tests[] = {
	{"certificates_change_under_load", test_certificates_change_under_load},
	{"files_that_do_not_fit_change_nothing", test_files_that_do_not_fit_change_nothing},
	{"nobody_was_dropped", test_nobody_was_dropped},
};

int main(void)
{
	live_begin();
	live_told_begin(&told);
	return check_main(tests, COUNT(tests));
}
