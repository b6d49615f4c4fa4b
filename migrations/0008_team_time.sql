-- SPDX-License-Identifier: Apache-2.0
-- A team's complaints by time, open or not: the partial index of before served no statement, since whether
-- only open ones are asked for is a parameter.
-- serves_from: 6

DROP INDEX complaint_team_open;
CREATE INDEX complaint_team_time ON complaint (community_id, team_id, submitted_at DESC, complaint_id DESC);
