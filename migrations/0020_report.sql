-- SPDX-License-Identifier: Apache-2.0
-- Reports find what a month is about: what was closed and followed up in it, which visits and which solutions were due
-- in it. Steps that leave none of these behind write none of the indexes.
-- serves_from: 6

CREATE FUNCTION clock_due_at(due timestamptz, met timestamptz, paused_from timestamptz, paused_to timestamptz,
    paused_us bigint) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN met IS NOT NULL OR paused_from IS NULL OR due + paused_us * interval '1 microsecond' <= paused_from
            THEN due + paused_us * interval '1 microsecond'
        WHEN paused_to = 'infinity' THEN 'infinity'
        ELSE due + paused_us * interval '1 microsecond' + (paused_to - paused_from)
    END
$$;
COMMENT ON FUNCTION clock_due_at(timestamptz, timestamptz, timestamptz, timestamptz, bigint) IS
    'When a clock that pauses is due, as clock_due_us of server/domain/clock.h says; a span of microseconds is the same in every time zone, so it may stand in an index.';
GRANT EXECUTE ON FUNCTION clock_due_at(timestamptz, timestamptz, timestamptz, timestamptz, bigint) TO guanjia_app;

CREATE INDEX complaint_clock_visit ON complaint_clock (community_id, (due_at[4])) WHERE due_at[4] IS NOT NULL;
CREATE INDEX complaint_clock_solution ON complaint_clock
    (community_id, clock_due_at(due_at[6], met_at[6], paused_from, paused_to, paused_us)) WHERE due_at[6] IS NOT NULL;
CREATE INDEX event_closed ON event (community_id, at) WHERE topic = 1 AND state_to = 100 AND state_from < 100;
CREATE INDEX event_overdue ON event (community_id, at) WHERE topic = 1 AND step = 38 AND percent >= 100;
-- What a figure looks up of a complaint, without reading all of its timeline: follow-ups, clocks that ran out, that it was
-- reopened, what the owner put off.
CREATE INDEX event_mark ON event (community_id, subject_id, seq)
    WHERE topic = 1 AND (step = 23 OR (step = 38 AND percent >= 100) OR (state_to = 12 AND state_from <> 12)
        OR (step = 17 AND reason = 1) OR (step = 24 AND reason = 11));
