/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/session/login_lane.h"

/* Columns of login_delays. */
enum { COLUMN_LANE, COLUMN_IS_SOURCE_OF_ALL, COLUMN_DELAY_UNTIL };

struct uuid login_nobody(struct str login)
{
	return uuid_v8(STR("login"), login);
}

void login_lane_load(struct request *r, struct str login, const struct login_source *source)
{
	struct query *delays = request_query(r, STMT_login_delays);
	struct query *known_device = request_query(r, STMT_login_known_device);
	char device[UUID_TEXT_LEN + 1];

	uuid_format(source->device_id, device);
	query_text(delays, login);
	query_text(delays, str_from_c(source->peer));
	query_text(delays, str_from_c(device));
	query_uuid(delays, login_nobody(login));
	query_text(known_device, login);
	query_uuid(known_device, source->device_id);
}

struct str login_lane(
	struct request *r, const struct query *known_device, const struct login_source *source)
{
	char device[UUID_TEXT_LEN + 1];

	uuid_format(source->device_id, device);
	return row_bool(known_device, 0, 0)
	           ? arena_printf(&r->arena, "device %s at %s", device, source->peer)
	           : arena_printf(&r->arena, "source %s", source->peer);
}

int64_t login_lane_delayed_until_us(struct request *r, const struct query *delays,
	const struct query *known_device, const struct login_source *source)
{
	struct str lane = login_lane(r, known_device, source);
	bool is_known = row_bool(known_device, 0, 0);
	int64_t until_us = 0;

	for (size_t i = 0; i < query_rows(delays); i++) {
		bool is_source_of_all = row_bool(delays, i, COLUMN_IS_SOURCE_OF_ALL);
		int64_t one_us = row_time(delays, i, COLUMN_DELAY_UNTIL);

		if (is_source_of_all ? is_known : !str_equal(row_text(delays, i, COLUMN_LANE), lane)) {
			continue;
		}
		until_us = one_us > until_us ? one_us : until_us;
	}
	return until_us;
}
