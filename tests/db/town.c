/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/db/town.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/server/pg.h"

#define SQL_MAX 1024 /* four times that is what a case takes */

/* town_id of each kind, as text; a digit is missing at the end. */
#define ACCOUNT "'a0000000-0000-0000-0000-00000000000"
#define DEVICE "'a1000000-0000-0000-0000-00000000000"
#define COMMUNITY "'a2000000-0000-0000-0000-00000000000"
#define TEAM "'a3000000-0000-0000-0000-00000000000"
#define CREW "'a4000000-0000-0000-0000-00000000000"

struct uuid town_id(enum town_kind kind, uint32_t n)
{
	struct uuid id = {{(uint8_t)kind}};

	put_u32(id.bytes + 12, n);
	return id;
}

void town_build(PGconn *super)
{
	(void)pg_run(super,
		"INSERT INTO account VALUES"
		" (" ACCOUNT "1', 'wang.lin', '王琳', '-', 1, 1, now(), now()),"
		" (" ACCOUNT "2', 'ma.jun', '马军', '-', 1, 1, now(), now());"
		"INSERT INTO device VALUES (" DEVICE "1', 'counter', now());"
		"INSERT INTO community VALUES (" COMMUNITY "1', '花园小区', 'Asia/Shanghai', now()),"
		" (" COMMUNITY "2', '港湾小区', 'UTC', now());"
		"INSERT INTO team VALUES (" COMMUNITY "1', " TEAM "1', '一组', now()),"
		" (" COMMUNITY "2', " TEAM "2', '一组', now());"
		"INSERT INTO crew VALUES (" CREW "1', '水电组', now())");
}

void town_clear(PGconn *super)
{
	/* Everything goes, so nothing that refers to it is looked for. */
	(void)pg_run(super,
		"SET session_replication_role = replica;"
		"DELETE FROM event_text; DELETE FROM event; DELETE FROM applied;"
		"DELETE FROM outgoing; DELETE FROM one_time_code; DELETE FROM material; DELETE FROM "
		"receipt;"
		"DELETE FROM busy; DELETE FROM complaint_clock; DELETE FROM complaint_contact;"
		"DELETE FROM complaint_search; DELETE FROM merged_notice;"
		" DELETE FROM file_chunk; DELETE FROM file_slot; DELETE FROM file;"
		"DELETE FROM qualification; DELETE FROM absence; DELETE FROM price;"
		" DELETE FROM complaint; DELETE FROM collective; DELETE FROM access_grant;"
		"DELETE FROM session; DELETE FROM login_failure;"
		"DELETE FROM crew WHERE crew_id <> " CREW "1';"
		"UPDATE account SET state = 1, version = 1, password = '-';"
		"UPDATE rights_epoch SET epoch = 1;"
		"SET session_replication_role = origin");
}

int town_count(PGconn *super, const char *from)
{
	char sql[2 * SQL_MAX];

	(void)snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", from);
	return atoi(pg_run(super, sql));
}

const char *town_text(const char *format, ...)
{
	static char texts[4][4 * SQL_MAX];
	static size_t turn;
	char *text = texts[turn++ % COUNT(texts)];
	va_list arguments;
	int len;

	va_start(arguments, format);
	len = vsnprintf(text, sizeof texts[0], format, arguments);
	va_end(arguments);
	assert(len >= 0 && (size_t)len < sizeof texts[0]);
	return text;
}
