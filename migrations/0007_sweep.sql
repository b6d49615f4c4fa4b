-- SPDX-License-Identifier: Apache-2.0
-- What lets one-time codes and messages that are over be thrown out in portions.
-- serves_from: 6

CREATE INDEX one_time_code_made ON one_time_code (made_at);
CREATE INDEX outgoing_over ON outgoing (coalesce(sent_at, given_up_at))
    WHERE coalesce(sent_at, given_up_at) IS NOT NULL;
