-- SPDX-License-Identifier: Apache-2.0
-- Ways to find complaints that no index led to: what is open, what ended since, what a person had a hand in.
-- serves_from: 6

-- Each costs what it is about: an entry when a complaint comes and one's going when it ends, one when it ends, one a
-- step. None names what a step changes, so steps stay on their page (HOT) as before.
-- IS TRUE and IS FALSE, so that only who says so is led here: what waits, or is at a place, has better ones.
CREATE INDEX complaint_open ON complaint (community_id, submitted_at DESC, complaint_id DESC) WHERE is_open IS TRUE;
CREATE INDEX complaint_ended_time ON complaint (community_id, ended_at) WHERE is_open IS FALSE;
CREATE INDEX event_person ON event (community_id, account_id, at) WHERE topic = 1 AND actor = 1;
