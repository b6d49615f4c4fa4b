-- SPDX-License-Identifier: Apache-2.0
-- Promises, holidays and service hours are changed by people, and clocks that run are reckoned again.
-- serves_from: 6

ALTER TABLE community ADD COLUMN version integer NOT NULL DEFAULT 1;
COMMENT ON COLUMN community.version IS 'Of its service hours, for whoever changes them.';

ALTER TABLE promise_set ADD COLUMN reason text;
COMMENT ON COLUMN promise_set.reason IS 'Why it was turned down, in words.';

-- The first set had nothing for a repair that is neither an emergency nor says what it is of.
INSERT INTO promise (set_no, row_no, kind, subkind, channel, urgency, calendar, terms, minutes)
    VALUES (1, 15, 2, 0, 0, 1, 2, '{1,1,1,1,1,1,1}', '{15,30,15,120,1440,4320,2880}');

ALTER TABLE clock_turn ADD COLUMN reckoned bigint NOT NULL DEFAULT 0;
UPDATE clock_turn SET reckoned = almanac;
COMMENT ON COLUMN clock_turn.reckoned IS 'Up to which version of the almanac every clock that runs has been reckoned again.';

CREATE INDEX complaint_clock_running ON complaint_clock (community_id, complaint_id)
    WHERE running_due IS NOT NULL OR provisional <> 0;

GRANT UPDATE (is_off, name) ON holiday TO guanjia_app;
GRANT UPDATE (open_min, close_min, version) ON community TO guanjia_app;
