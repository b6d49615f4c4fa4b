/* SPDX-License-Identifier: Apache-2.0 */
#include "server/bootstrap_admin.h"

#include <errno.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#include <libpq-fe.h>

#include "common/clock.h"
#include "common/utf8.h"
#include "common/uuid.h"
#include "server/db/source.h"
#include "server/hash.h"

#define LINE_BYTES_MAX 1024
#define HASH_ARENA_BYTES ((size_t)64 * 1024)
/* As proto/field.def has them for AccountCreate. */
#define LOGIN_POINTS_MAX 64
#define PASSWORD_POINTS_MIN 8
#define PASSWORD_POINTS_MAX 128

#define NOBODY "'00000000-0000-0000-0000-000000000000'::uuid"

/*
 * Account, grant, and an event of each; nothing where an account exists. Role and scope are those of
 * server/domain/role.def, topics and steps those that account.create and grant.add write.
 */
static const char insert_sql[] =
	"WITH a AS (INSERT INTO account (account_id, login, name, password, state, version, created_at,"
	" changed_at) SELECT $1::uuid, $2::text, $2::text, $3::text, 1, 1, now(), now() WHERE NOT "
	"EXISTS (SELECT FROM account)"
	" RETURNING account_id),"
	" g AS (INSERT INTO access_grant (grant_id, account_id, role, scope, valid_from, valid_to,"
	" version, granted_by, created_at)"
	" SELECT $4::uuid, account_id, 1, 1, now(), 'infinity', 1, account_id, now() FROM a"
	" RETURNING grant_id, account_id),"
	" ae AS (INSERT INTO event (community_id, at, topic, subject_id, step, version, account_id,"
	" device_id, grant_id) SELECT " NOBODY ", now(), 2, account_id, 1, 1, account_id, " NOBODY
	", " NOBODY " FROM a),"
	" ge AS (INSERT INTO event (community_id, at, topic, subject_id, step, version, account_id,"
	" device_id, grant_id) SELECT " NOBODY ", now(), 3, grant_id, 1, 1, account_id, " NOBODY
	", " NOBODY " FROM g),"
	" ep AS (UPDATE rights_epoch SET epoch = epoch + 1 FROM a)"
	" SELECT account_id FROM a";

static enum err fail(struct bootstrap_fault *fault, enum err err, const char *text)
{
	(void)snprintf(fault->text, sizeof(fault->text), "%s", text);
	return err;
}

/* Lower case, because that is how a login is looked up; no blanks or control characters. */
static bool is_login(struct str login)
{
	size_t points;

	if (utf8_check(span_from_str(login), &points) != UTF8_OK || points == 0 ||
		points > LOGIN_POINTS_MAX) {
		return false;
	}
	for (size_t i = 0; i < login.len; i++) {
		uint8_t byte = (uint8_t)login.ptr[i];

		if (byte <= ' ' || byte == 0x7F || (byte >= 'A' && byte <= 'Z')) {
			return false;
		}
	}
	return true;
}

/* A byte at a time: what stands behind the line is for somebody else. */
static bool read_line(int fd, char *out, size_t out_max, size_t *out_len)
{
	size_t len = 0;

	while (len < out_max) {
		ssize_t got = read(fd, out + len, 1);

		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got < 0) {
			return false;
		}
		if (got == 0 || out[len] == '\n') {
			len -= len > 0 && out[len - 1] == '\r' ? 1 : 0;
			*out_len = len;
			return true;
		}
		len++;
	}
	return false;
}

/* From a terminal without showing it. */
static bool read_password(int fd, const char *login, char *out, size_t out_max, size_t *out_len)
{
	struct termios shown;
	struct termios hidden;
	bool is_terminal = tcgetattr(fd, &shown) == 0;
	bool was_read;

	if (is_terminal) {
		hidden = shown;
		hidden.c_lflag &= ~(tcflag_t)ECHO;
		(void)fprintf(stderr, "password for the new administrator '%s': ", login);
		(void)tcsetattr(fd, TCSAFLUSH, &hidden);
	}
	was_read = read_line(fd, out, out_max, out_len);
	if (is_terminal) {
		(void)tcsetattr(fd, TCSAFLUSH, &shown);
		(void)fputc('\n', stderr);
	}
	return was_read;
}

/* The PHC string, in the arena. */
static enum err hash_line(const struct bootstrap_admin *admin, struct arena *arena,
	const char **out_phc, struct bootstrap_fault *fault)
{
	char line[LINE_BYTES_MAX];
	size_t len = 0;
	size_t points = 0;
	struct str phc;

	if (!read_password(admin->password_fd, admin->login, line, sizeof(line), &len)) {
		explicit_bzero(line, sizeof(line));
		return fail(fault, ERR_INPUT, "no password could be read from standard input");
	}
	if (utf8_check(span_of(line, len), &points) != UTF8_OK || points < PASSWORD_POINTS_MIN ||
		points > PASSWORD_POINTS_MAX) {
		explicit_bzero(line, sizeof(line));
		return fail(fault, ERR_INPUT, "a password has 8 to 128 characters of UTF-8");
	}
	phc = hash_password(arena, str_of(line, len), admin->hash_kib);
	explicit_bzero(line, sizeof(line));
	if (phc.len == 0) {
		return fail(fault, ERR_TRY_LATER, "no memory to hash the password");
	}
	*out_phc = phc.ptr;
	return ERR_OK;
}

static enum err fail_with(PGconn *pg, const PGresult *result, struct bootstrap_fault *fault)
{
	const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

	(void)snprintf(fault->text, sizeof(fault->text), "making the administrator: %.300s",
		message == NULL ? PQerrorMessage(pg) : message);
	return ERR_TRY_LATER;
}

/* Guarded by itself: of two that run at once, the second waits and then makes nothing. */
static enum err insert(
	PGconn *pg, const char *login, const char *phc, struct log *log, struct bootstrap_fault *fault)
{
	char account_id[UUID_TEXT_LEN + 1];
	char grant_id[UUID_TEXT_LEN + 1];
	const char *const values[] = {account_id, login, phc, grant_id};
	int64_t utc_us = clock_now().utc_us;
	enum err err = ERR_OK;
	PGresult *result = PQexec(pg, "BEGIN; LOCK TABLE account IN SHARE ROW EXCLUSIVE MODE");

	uuid_format(uuid_v7(utc_us), account_id);
	uuid_format(uuid_v7(utc_us), grant_id);
	if (PQresultStatus(result) == PGRES_COMMAND_OK) {
		PQclear(result);
		result = PQexecParams(pg, insert_sql, 4, NULL, values, NULL, NULL, 0);
	}
	if (PQresultStatus(result) == PGRES_TUPLES_OK) {
		bool made = PQntuples(result) == 1;

		PQclear(result);
		result = PQexec(pg, "COMMIT");
		if (made && PQresultStatus(result) == PGRES_COMMAND_OK) {
			log->utc_us = utc_us;
			log_line(log, LOG_INFO, "bootstrap.administrator", "account=%s", account_id);
		}
	}
	if (PQresultStatus(result) != PGRES_COMMAND_OK) {
		err = fail_with(pg, result, fault);
	}
	PQclear(result);
	return err;
}

static enum err has_account(PGconn *pg, bool *out, struct bootstrap_fault *fault)
{
	PGresult *result = PQexec(pg, "SELECT EXISTS (SELECT FROM account)");
	enum err err = ERR_OK;

	if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1) {
		*out = PQgetvalue(result, 0, 0)[0] == 't';
	} else {
		err = fail_with(pg, result, fault);
	}
	PQclear(result);
	return err;
}

enum err bootstrap_admin(const char *owner, const struct bootstrap_admin *admin, struct log *log,
	struct bootstrap_fault *out_fault)
{
	struct arena arena;
	const char *phc = NULL;
	bool exists = false;
	enum err err;
	PGconn *pg;

	if (!is_login(str_from_c(admin->login))) {
		return fail(
			out_fault, ERR_USAGE, "a login has 1 to 64 characters, no blanks, no capital letters");
	}
	pg = source_open(owner);
	err = PQstatus(pg) == CONNECTION_OK ? has_account(pg, &exists, out_fault)
	                                    : fail(out_fault, ERR_TRY_LATER, PQerrorMessage(pg));
	if (err == ERR_OK && !exists) {
		arena_init(&arena, HASH_ARENA_BYTES);
		err = hash_line(admin, &arena, &phc, out_fault);
		if (err == ERR_OK) {
			err = insert(pg, admin->login, phc, log, out_fault);
		}
		arena_fini(&arena);
	}
	PQfinish(pg);
	return err;
}
