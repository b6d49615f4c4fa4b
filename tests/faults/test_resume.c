/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what a resumed TLS session is worth: a shorter handshake and nothing else. Who comes back by
 * one is nobody until the protocol's own session is resumed, and that is looked at as always: ended,
 * of a revoked device, with rights that have changed. And that a reload of the certificate or a restart
 * ends every TLS session, which costs a client a full handshake and no failure.
 */
#include "tests/check.h"

#include "account.pb-c.h"
#include "server.pb-c.h"
#include "tests/faults/desk.h"
#include "tests/server/pg.h"

static struct desk desk;

static enum err whoami(struct live_client *client)
{
	return live_ask(client, METHOD_session_whoami, NULL);
}

static bool is_resumed(const struct live_client *client)
{
	return tls_is_resumed(&client->loop.transport.client.tls);
}

/* Logged in, with a place for its TLS session, in which the next connection finds one. */
static void begin(struct live_client *client, SSL_SESSION **session)
{
	*session = NULL;
	live_client_begin(client, &desk.server, desk.account.login);
	client->session = session;
	if (live_client_again(client) != ERR_OK) { /* the first that leaves something there */
		abort();
	}
}

static void end(struct live_client *client)
{
	live_client_close(client);
	tls_session_free(*client->session);
	*client->session = NULL;
}

/* A new connection on which nobody has said who they are. */
static enum err come_back(struct live_client *client)
{
	live_client_close(client);
	return live_client_open(client, client->server);
}

static void run_sql(const char *format, const struct uuid *id)
{
	PGconn *pg = pg_connect(desk.server.super);
	char text[UUID_TEXT_LEN + 1];
	char sql[256];

	uuid_format(*id, text);
	(void)snprintf(sql, sizeof(sql), format, text); /* of ours, with one %s */
	(void)pg_run(pg, sql);
	PQfinish(pg);
}

static void test_resumed_connection_is_nobody(void)
{
	struct live_client client;
	SSL_SESSION *session;

	begin(&client, &session);
	CHECK(!is_resumed(&client));
	CHECK_INT_EQ(come_back(&client), ERR_OK);
	CHECK(is_resumed(&client));
	CHECK_INT_EQ(whoami(&client), ERR_UNAUTHENTICATED);
	for (int turn = 0; turn < 3; turn++) {
		CHECK_INT_EQ(live_client_again(&client), ERR_OK);
		CHECK(is_resumed(&client));
		CHECK_INT_EQ(whoami(&client), ERR_OK);
	}
	end(&client);
}

static void test_handshakes_are_counted(void)
{
	struct live_client client;
	SSL_SESSION *session;
	uint64_t all;
	uint64_t resumed;

	begin(&client, &session);
	all = live_counter(&desk.honest, "tls.handshakes");
	resumed = live_counter(&desk.honest, "tls.resumed");
	CHECK_INT_EQ(live_client_again(&client), ERR_OK);
	CHECK_INT_EQ(live_counter(&desk.honest, "tls.resumed"), resumed + 1);
	CHECK_INT_EQ(live_counter(&desk.honest, "tls.handshakes"), all + 1);
	end(&client);
}

static void test_ended_session_is_refused_on_a_resumed_connection(void)
{
	struct live_client client;
	struct live_client other;
	SSL_SESSION *session;

	begin(&client, &session);
	CHECK_INT_EQ(live_client_beside(&other, &client), ERR_OK);
	live_client_close(&client);
	CHECK_INT_EQ(live_ask(&other, METHOD_session_logout, NULL), ERR_OK);
	live_client_close(&other);
	CHECK_INT_EQ(live_client_again(&client), ERR_SESSION_ENDED);
	CHECK(is_resumed(&client));
	CHECK_INT_EQ(whoami(&client), ERR_UNAUTHENTICATED);
	end(&client);
}

/* Revoked while it was away: neither its session nor anything asked on the connection is accepted. */
static void test_revoked_device_is_refused_on_a_resumed_connection(void)
{
	struct live_client client;
	SSL_SESSION *session;

	begin(&client, &session);
	live_client_close(&client);
	run_sql("UPDATE device SET revoked_at = now() WHERE device_id = '%s';"
			"UPDATE rights_epoch SET epoch = epoch + 1",
		&client.device_id);
	CHECK_INT_EQ(live_client_again(&client), ERR_SESSION_ENDED);
	CHECK(is_resumed(&client));
	CHECK_INT_EQ(whoami(&client), ERR_UNAUTHENTICATED);
	end(&client);
}

/* Revoked while it is there, on a connection that was resumed: at its next request. */
static void test_device_revoked_on_a_resumed_connection_is_refused(void)
{
	struct live_client client;
	SSL_SESSION *session;

	begin(&client, &session);
	CHECK_INT_EQ(live_client_again(&client), ERR_OK);
	CHECK(is_resumed(&client));
	run_sql("UPDATE device SET revoked_at = now() WHERE device_id = '%s';"
			"UPDATE rights_epoch SET epoch = epoch + 1",
		&client.device_id);
	CHECK_INT_EQ(whoami(&client), ERR_SESSION_ENDED);
	end(&client);
}

/* Who has left the company has no session any more, on whatever connection. */
static void test_leaver_is_refused_on_a_resumed_connection(void)
{
	struct live_account account;
	struct live_client admin;
	struct live_client client = {0};
	SSL_SESSION *session = NULL;
	Pb__AccountLeave in = PB__ACCOUNT_LEAVE__INIT;
	struct client_result *result;

	live_client_begin(&admin, &desk.server, LIVE_ADMIN);
	live_account_make(&admin, &desk.site, "leaver", ROLE_BIT(ROLE_LEADER), &account);
	live_client_begin(&client, &desk.server, account.login);
	client.session = &session;
	CHECK_INT_EQ(live_client_again(&client), ERR_OK);
	live_client_close(&client);
	in.has_account_id = in.has_version = true;
	in.account_id = live_bytes(&account.account_id);
	in.version = 1;
	result = live_call(&admin, METHOD_account_leave, &in.base, NULL);
	CHECK_INT_EQ(result->err, ERR_OK);
	client_result_free(result);
	live_client_close(&admin);
	CHECK_INT_EQ(live_client_again(&client), ERR_SESSION_ENDED);
	CHECK(is_resumed(&client));
	end(&client);
}

static void test_reload_ends_tls_sessions(void)
{
	struct live_client client;
	SSL_SESSION *session;

	begin(&client, &session);
	CHECK_INT_EQ(live_client_again(&client), ERR_OK);
	CHECK(is_resumed(&client));
	live_server_reload(&desk.server, "");
	CHECK_INT_EQ(whoami(&client), ERR_OK); /* the connection goes on */
	CHECK_INT_EQ(live_client_again(&client), ERR_OK);
	CHECK(!is_resumed(&client));
	CHECK_INT_EQ(live_client_again(&client), ERR_OK);
	CHECK(is_resumed(&client));
	live_server_reload(&desk.server, "tls_sessions_max = 0\n");
	CHECK_INT_EQ(live_client_again(&client), ERR_OK);
	CHECK(!is_resumed(&client));
	CHECK_INT_EQ(live_client_again(&client), ERR_OK);
	CHECK(!is_resumed(&client));
	live_server_reload(&desk.server, "");
	end(&client);
}

/* As another server of the same name: what it does not know costs a full handshake, no failure. */
static void test_restarted_server_knows_none(void)
{
	struct live_client client;
	SSL_SESSION *session;

	begin(&client, &session);
	live_client_close(&client);
	live_client_close(&desk.honest);
	CHECK_INT_EQ(live_server_stop(&desk.server), 0);
	CHECK(live_server_start(&desk.server));
	CHECK(session != NULL);
	CHECK_INT_EQ(live_client_again(&client), ERR_OK);
	CHECK(!is_resumed(&client));
	CHECK_INT_EQ(live_client_again(&client), ERR_OK);
	CHECK(is_resumed(&client));
	CHECK_INT_EQ(live_client_again(&desk.honest), ERR_OK);
	end(&client);
}

static void test_end_leaves_nothing(void)
{
	CHECK(desk_end(&desk));
}

static const struct test tests[] = {
	{"resumed_connection_is_nobody", test_resumed_connection_is_nobody},
	{"handshakes_are_counted", test_handshakes_are_counted},
	{"ended_session_is_refused_on_a_resumed_connection",
		test_ended_session_is_refused_on_a_resumed_connection},
	{"revoked_device_is_refused_on_a_resumed_connection",
		test_revoked_device_is_refused_on_a_resumed_connection},
	{"device_revoked_on_a_resumed_connection_is_refused",
		test_device_revoked_on_a_resumed_connection_is_refused},
	{"leaver_is_refused_on_a_resumed_connection", test_leaver_is_refused_on_a_resumed_connection},
	{"reload_ends_tls_sessions", test_reload_ends_tls_sessions},
	{"restarted_server_knows_none", test_restarted_server_knows_none},
	{"end_leaves_nothing", test_end_leaves_nothing},
};

int main(void)
{
	static const char *const sets[] = {"postgres_fsync=0", NULL};

	live_begin();
	desk_begin(&desk, sets);
	return check_main(tests, COUNT(tests));
}
