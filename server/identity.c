/* SPDX-License-Identifier: Apache-2.0 */
#include "server/identity.h"

#include <stdio.h>

#include "server/cert.h"
#include "server/loops.h"
#include "server/server.h"

#define PATH_BYTES 4200
#define DAY_US (24 * 3600 * US_PER_S)

/* The server's certificate and key: those of the settings, else those made in DIR/tls. */
struct tls_paths {
	char certificate[PATH_BYTES];
	char key[PATH_BYTES];
};

static struct tls_paths tls_paths(const struct config *config)
{
	struct tls_paths paths;

	snprintf(paths.certificate, sizeof paths.certificate, "%s%s",
		config->tls_certificate[0] == '\0' ? config->dir : "",
		config->tls_certificate[0] == '\0' ? "/tls/server.crt" : config->tls_certificate);
	snprintf(paths.key, sizeof paths.key, "%s%s", config->tls_key[0] == '\0' ? config->dir : "",
		config->tls_key[0] == '\0' ? "/tls/server.key" : config->tls_key);
	return paths;
}

static SSL_CTX *load_tls(const struct config *config, const char **out_reason)
{
	struct tls_paths paths = tls_paths(config);
	struct tls_files files = {
		.cert_path = paths.certificate,
		.key_path = paths.key,
		.cache = {.count_max = (size_t)config->tls_sessions_max,
			.lifetime_s = (uint32_t)(config->tls_session_ms / 1000)},
	};

	return tls_server_context(&files, out_reason);
}

void identity_take(struct server *server)
{
	SSL_CTX *tls = loops_take_tls(server->loops);

	tls_context_free(server->tls); /* connections hold references of their own */
	server->tls = tls;
}

void identity_renew(struct server *server)
{
	const char *reason = NULL;
	SSL_CTX *tls = load_tls(server->config, &reason);

	if (tls == NULL) {
		log_line(&server->log, LOG_ERROR, "server.certificate", "err=CONFIG kept=old");
		return;
	}
	loops_put_tls(server->loops, tls);
	loops_tell(server, WORD_CERTIFICATE);
	identity_take(server);
}

void identity_mind(struct server *server)
{
	struct tls_paths paths = tls_paths(server->config);
	struct cert_fault fault;
	int days_left = 0;

	if (server->certificate_mono_us != 0 &&
		server->now.mono_us - server->certificate_mono_us < DAY_US) {
		return;
	}
	server->certificate_mono_us = server->now.mono_us;
	if (server->config->tls_certificate[0] == '\0' &&
		cert_ensure(server->config->dir, server->config->tls_names, server->now.utc_us, &fault) ==
			ERR_OK) {
		identity_renew(server);
	}
	if (cert_days_left(paths.certificate, server->now.utc_us, &days_left) &&
		cert_age(days_left) != CERT_FRESH) {
		log_line(&server->log, cert_age(days_left) >= CERT_DUE_3 ? LOG_ERROR : LOG_WARN,
			"server.certificate", "days_left=%d", days_left);
	}
}

bool identity_open(struct server *server, struct config_fault *out_fault)
{
	const char *reason = NULL;

	if (server_is_first(server)) {
		SSL_CTX *tls = load_tls(server->config, &reason);

		if (tls == NULL) {
			snprintf(out_fault->text, sizeof out_fault->text, "certificate or key: %s", reason);
			return false;
		}
		loops_put_tls(server->loops, tls);
	}
	server->tls = loops_take_tls(server->loops);
	return true;
}
