-- SPDX-License-Identifier: Apache-2.0
-- Complaints that have to do with each other: what is open, or ended lately, at a place.
-- serves_from: 6

-- The index of before, by time of submission, served no statement.
DROP INDEX complaint_place_time;
CREATE INDEX complaint_place_ended ON complaint (community_id, place_id, ended_at) WHERE place_id IS NOT NULL;
