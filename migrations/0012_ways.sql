-- SPDX-License-Identifier: Apache-2.0
-- Ways to rows that were looked for among all: who officers a team (every acceptance asks), who is of a crew, and
-- whose a place is (every submission asks), for which only the exclusion's GiST index could be used.
-- serves_from: 6

CREATE INDEX access_grant_team ON access_grant (community_id, team_id) WHERE team_id IS NOT NULL;
CREATE INDEX access_grant_crew ON access_grant (crew_id) WHERE crew_id IS NOT NULL;
CREATE INDEX patch_place ON patch (community_id, place_id, from_day);
