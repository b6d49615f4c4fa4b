/* SPDX-License-Identifier: Apache-2.0 */
#include "server/bootstrap.h"

#include <limits.h>
#include <stdio.h>

#include "common/clock.h"
#include "common/span.h"
#include "server/bootstrap_admin.h"
#include "server/cert.h"
#include "server/db/migrate.h"

static enum err fail(struct bootstrap_fault *fault, enum err err, const char *text)
{
	assert(err != ERR_OK);
	(void)snprintf(fault->text, sizeof(fault->text), "%s", text);
	return err;
}

/* Both strings, of a PostgreSQL that runs: somebody else's, or ours, which is started. */
static enum err open_database(struct bootstrap *bootstrap, const struct config *config,
	struct log *log, struct bootstrap_fault *fault)
{
	struct embedded_fault embedded_fault = {""};
	enum err err;

	if (config->database[0] != '\0') {
		bootstrap->app = config->database;
		bootstrap->owner = config->database_owner;
		return ERR_OK;
	}
	err = embedded_start(&bootstrap->embedded, config, log, &embedded_fault);
	if (err != ERR_OK) {
		return fail(fault, err, embedded_fault.text);
	}
	bootstrap->app = bootstrap->embedded.app;
	bootstrap->owner = bootstrap->embedded.owner;
	return ERR_OK;
}

static enum err migrate(
	const struct bootstrap *bootstrap, struct log *log, struct bootstrap_fault *fault)
{
	struct migrate_fault migrate_fault = {""};
	enum err err;

	if (bootstrap->owner[0] == '\0') {
		return fail(fault, ERR_CONFIG,
			"this needs the setting database_owner: the connection string of guanjia_owner");
	}
	err = migrate_run(bootstrap->owner, log, &migrate_fault);
	return err == ERR_OK ? ERR_OK : fail(fault, err, migrate_fault.text);
}

static enum err check(struct bootstrap *bootstrap, struct bootstrap_fault *fault)
{
	struct migrate_fault migrate_fault = {""};
	enum err err = migrate_check(bootstrap->app, &bootstrap->schema, &migrate_fault);

	return err == ERR_OK ? ERR_OK : fail(fault, err, migrate_fault.text);
}

static enum err open_keys(
	struct bootstrap *bootstrap, const struct config *config, struct bootstrap_fault *fault)
{
	struct keys_fault keys_fault = {""};
	struct cert_fault cert_fault = {""};
	enum err err = config->server_key[0] == '\0'
	                   ? keys_open(&bootstrap->keys, config->dir, &keys_fault)
	                   : keys_open_given(&bootstrap->keys, config->server_key, &keys_fault);

	if (err != ERR_OK) {
		return fail(fault, ERR_CONFIG, keys_fault.text);
	}
	if (record_key_open(&bootstrap->record_key, config->dir, &keys_fault) != ERR_OK) {
		return fail(fault, ERR_CONFIG, keys_fault.text);
	}
	if (config->tls_certificate[0] == '\0' &&
		cert_ensure(config->dir, config->tls_names, clock_now().utc_us, &cert_fault) != ERR_OK) {
		return fail(fault, ERR_CONFIG, cert_fault.text);
	}
	return ERR_OK;
}

/* A database of somebody else is migrated only on demand. */
static enum err open_all(struct bootstrap *bootstrap, const struct config *config, struct log *log,
	bool must_migrate, struct bootstrap_fault *fault)
{
	enum err err = open_keys(bootstrap, config, fault);

	if (err == ERR_OK) {
		err = open_database(bootstrap, config, log, fault);
	}
	if (err == ERR_OK && (must_migrate || bootstrap->embedded.pid != 0)) {
		err = migrate(bootstrap, log, fault);
	}
	return err == ERR_OK ? check(bootstrap, fault) : err;
}

static enum err open_seals(
	struct bootstrap *bootstrap, const struct config *config, struct bootstrap_fault *fault)
{
	struct seal_file_fault file_fault;
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s%s", config->seal_file[0] == '\0' ? config->dir : "",
		config->seal_file[0] == '\0' ? "/seals" : config->seal_file);
	return seal_file_open(&bootstrap->seal_file, path, &file_fault)
	           ? ERR_OK
	           : fail(fault, ERR_CONFIG, file_fault.text);
}

enum err bootstrap_open(struct bootstrap *bootstrap, const struct config *config, struct log *log,
	struct bootstrap_fault *out_fault)
{
	enum err err;

	*bootstrap = (struct bootstrap){.seal_file.fd = -1};
	err = open_all(bootstrap, config, log, false, out_fault);
	if (err == ERR_OK) {
		err = open_seals(bootstrap, config, out_fault);
	}
	if (err != ERR_OK) {
		bootstrap_close(bootstrap);
	}
	(void)log_flush(log); /* before the loop, which has a log of its own */
	return err;
}

void bootstrap_close(struct bootstrap *bootstrap)
{
	if (bootstrap == NULL) {
		return;
	}
	embedded_stop(&bootstrap->embedded);
	keys_close(&bootstrap->keys);
	record_key_close(&bootstrap->record_key);
	seal_file_close(&bootstrap->seal_file);
	bootstrap->app = NULL;
	bootstrap->owner = NULL;
}

enum err bootstrap_migrate(const struct config *config, struct log *log, int *out_schema,
	struct bootstrap_fault *out_fault)
{
	struct bootstrap bootstrap = {0};
	enum err err = open_database(&bootstrap, config, log, out_fault);

	if (err == ERR_OK) {
		err = migrate(&bootstrap, log, out_fault);
	}
	if (err == ERR_OK) {
		err = check(&bootstrap, out_fault);
	}
	if (err == ERR_OK) {
		*out_schema = bootstrap.schema;
	}
	bootstrap_close(&bootstrap);
	return err;
}

enum err bootstrap_init(const struct config *config, struct log *log, const char *admin,
	int password_fd, struct bootstrap_fault *out_fault)
{
	struct bootstrap_admin request = {
		.login = admin,
		.password_fd = password_fd,
		.hash_kib = (uint32_t)config->hash_kib,
	};
	struct bootstrap bootstrap = {0};
	enum err err = open_all(&bootstrap, config, log, true, out_fault);

	if (err == ERR_OK && admin != NULL) {
		err = bootstrap_admin(bootstrap.owner, &request, log, out_fault);
	}
	bootstrap_close(&bootstrap);
	return err;
}
