/* SPDX-License-Identifier: Apache-2.0 */
#include "server/backup_event.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <libpq-fe.h>
#include <openssl/rand.h>

#define NOBODY "'00000000-0000-0000-0000-000000000000'"
#define SALT_BYTES 32
#define STRING(value) #value
#define STRING_OF(value) STRING(value)

/* $1 step, $2 name, $3 salt, $4 words. */
static const char insert[] =
	"WITH ev AS (INSERT INTO event (community_id, at, topic, subject_id, step, version, account_id,"
	" device_id, grant_id, actor, number, text_hash) VALUES (" NOBODY ", now(), " STRING_OF(
		BACKUP_TOPIC) ", '" BACKUP_SUBJECT "', $1::smallint, 1, " NOBODY ", " NOBODY ", " NOBODY
					  ", 3, $2::text, sha256($3::bytea || convert_to($4::text, 'UTF8')))"
					  " RETURNING community_id, seq)"
					  " INSERT INTO event_text (community_id, seq, salt, body)"
					  " SELECT community_id, seq, $3::bytea, $4::text FROM ev";

/* "account@machine" */
static void fill_words(char out[256])
{
	const struct passwd *account = getpwuid(geteuid());
	char host[128] = "";

	(void)gethostname(host, sizeof(host) - 1);
	(void)snprintf(out, 256, "%.64s@%.127s", account == NULL ? "?" : account->pw_name, host);
}

bool backup_event_record(const char *conninfo, enum backup_step step, const char *name)
{
	uint8_t salt[SALT_BYTES];
	char words[256];
	char number[8];
	const char *const values[] = {number, name, (const char *)salt, words};
	static const int formats[] = {0, 0, 1, 0};
	const int lens[] = {0, 0, SALT_BYTES, 0};
	PGconn *pg = PQconnectdb(conninfo);
	PGresult *result;
	bool done;

	if (RAND_bytes(salt, SALT_BYTES) != 1) {
		abort();
	}
	fill_words(words);
	(void)snprintf(number, sizeof(number), "%d", (int)step);
	result = PQexecParams(pg, insert, COUNT(values), NULL, values, lens, formats, 0);
	done = PQresultStatus(result) == PGRES_COMMAND_OK;
	PQclear(result);
	PQfinish(pg);
	return done;
}
