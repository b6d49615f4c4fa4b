/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faults/desk.h"

#include <stdio.h>
#include <stdlib.h>

#include "complaint.pb-c.h"

#define ASK_AGAIN_MS 20

static Pb__ComplaintGet get_of(const struct desk *desk)
{
	Pb__ComplaintGet in = PB__COMPLAINT_GET__INIT;

	in.has_community_id = in.has_complaint_id = true;
	in.community_id = live_bytes(&desk->site.community_id);
	in.complaint_id = live_bytes(&desk->complaint_id);
	return in;
}

struct uuid desk_submit(struct desk *desk)
{
	struct walk walk;
	struct client_ask ask;
	struct client_result *result;

	walk_begin(&walk, &desk->site);
	ask = walk_ask(&walk);
	result = client_loop_call(&desk->honest.loop, &ask);
	assert(result->err == ERR_OK);
	client_result_free(result);
	return walk.complaint_id;
}

void desk_begin(struct desk *desk, const char *const *sets)
{
	struct live_client admin;

	*desk = (struct desk){.context = NULL};
	live_server_init(&desk->server, sets);
	if (!live_server_start(&desk->server)) {
		abort();
	}
	live_client_begin(&admin, &desk->server, LIVE_ADMIN);
	live_site_make(&admin, &desk->site);
	live_account_make(&admin, &desk->site, "meiling", LIVE_WALKER, &desk->account);
	live_client_close(&admin);
	live_client_begin(&desk->honest, &desk->server, desk->account.login);
	desk->complaint_id = desk_submit(desk);
	desk->context = peer_context(&desk->server);
}

bool desk_is_well(struct desk *desk)
{
	Pb__ComplaintGet in = get_of(desk);
	struct live_client newcomer;
	enum err err = live_client_beside(&newcomer, &desk->honest);

	if (err == ERR_OK) {
		err = live_ask(&newcomer, METHOD_complaint_get, &in.base);
	}
	live_client_close(&newcomer);
	if (err != ERR_OK) {
		printf("# an honest newcomer is told %s\n", err_name(err));
	}
	return err == ERR_OK;
}

/* A breath between two questions; whatever the server says by itself is thrown away. */
static void breathe(struct desk *desk)
{
	client_result_free(client_loop_next(&desk->honest.loop, ASK_AGAIN_MS));
}

bool desk_await_counter(struct desk *desk, const char *name, uint64_t at_least)
{
	int64_t until_us = live_until(LIVE_WAIT_MS);
	uint64_t value;

	while ((value = live_counter(&desk->honest, name)) < at_least) {
		if (live_left_ms(until_us) == 0) {
			printf("# %s is %llu, and should be %llu\n", name, (unsigned long long)value,
				(unsigned long long)at_least);
			return false;
		}
		breathe(desk);
	}
	return true;
}

bool desk_is_quiet(struct desk *desk)
{
	static const struct {
		const char *name;
		uint64_t quiet;
	} rows[] = {{"conn.open", 1}, {"conn.guests", 0}, {"request.now", 1}, {"watch.open", 0},
		{"hash.waiting", 0}};
	int64_t until_us = live_until(LIVE_WAIT_MS);

	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t value;

		while ((value = live_counter(&desk->honest, rows[i].name)) != rows[i].quiet) {
			if (live_left_ms(until_us) == 0) {
				printf("# %s stays at %llu instead of %llu\n", rows[i].name,
					(unsigned long long)value, (unsigned long long)rows[i].quiet);
				return false;
			}
			breathe(desk);
		}
	}
	return true;
}

void desk_set(struct desk *desk, const char *settings)
{
	enum err err;

	live_server_reload(&desk->server, settings == NULL ? "" : settings);
	err = live_client_again(&desk->honest);
	if (err != ERR_OK) {
		printf("# the honest person is told %s\n", err_name(err));
		(void)fflush(stdout);
		abort();
	}
}

Pb__Envelope *desk_get(struct desk *desk, struct peer *peer, uint64_t id)
{
	Pb__ComplaintGet in = get_of(desk);

	return peer_request(peer, id, METHOD_complaint_get, &in.base, NULL);
}

bool desk_end(struct desk *desk)
{
	bool is_quiet = desk_is_quiet(desk);
	bool is_sound;
	int code;

	live_client_close(&desk->honest);
	code = live_server_stop(&desk->server);
	is_sound = live_server_is_sound(&desk->server);
	if (code != 0) {
		printf("# the server ends with %d\n", code);
	}
	tls_context_free(desk->context);
	live_server_fini(&desk->server);
	return is_quiet && is_sound && code == 0;
}
