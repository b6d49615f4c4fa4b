/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faults/twice.h"

#include <stdio.h>

/* The answer to this call; others are thrown away. */
static struct client_result *hear(struct live_client *client, uint64_t id)
{
	struct client_result *result;

	while ((result = live_next(client, CLIENT_REPLY, LIVE_WAIT_MS)) != NULL && result->id != id) {
		client_result_free(result);
	}
	assert(result != NULL);
	return result;
}

uint64_t twice_send(struct live_client *client, const struct walk *walk)
{
	struct client_ask ask = walk_ask(walk);
	uint64_t id = 0;
	enum err err = client_loop_submit(&client->loop, &ask, &id);

	assert(err == ERR_OK);
	(void)err;
	live_turn(client);
	return id;
}

struct client_result *twice_settle(
	struct live_client *client, const struct walk *walk, struct client_result *result)
{
	while (err_row(result->err)->retry == ERR_RETRY_SAME && result->err != ERR_OK) {
		struct client_ask ask = walk_ask(walk);

		client_result_free(result);
		result = client_loop_call(&client->loop, &ask);
	}
	return result;
}

/* False where the two answers are not what one request may be told. */
static bool agree(const struct client_result *a, const struct client_result *b)
{
	bool is_one = a->err == ERR_OK && b->err == ERR_OK && (a->is_repeat || b->is_repeat) &&
	              walk_reply_version(a) == walk_reply_version(b) &&
	              strcmp(walk_reply_number(a), walk_reply_number(b)) == 0;

	if (!is_one) {
		printf("# %s: here %s%s, there %s%s\n", a->method->name, err_name(a->err),
			a->is_repeat ? " again" : "", err_name(b->err), b->is_repeat ? " again" : "");
	}
	return is_one;
}

bool twice_ask(struct live_client *first, struct live_client *second, const struct walk *walk)
{
	uint64_t first_id = twice_send(first, walk);
	uint64_t second_id = twice_send(second, walk);
	struct client_result *of_first = twice_settle(first, walk, hear(first, first_id));
	struct client_result *of_second = twice_settle(second, walk, hear(second, second_id));
	bool is_one = agree(of_first, of_second);

	client_result_free(of_first);
	client_result_free(of_second);
	return is_one;
}
