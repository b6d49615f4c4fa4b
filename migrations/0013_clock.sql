-- SPDX-License-Identifier: Apache-2.0
-- The clocks of complaints: what was promised, the calendar it is reckoned by, and how each complaint stands.
-- serves_from: 6

ALTER TABLE community
    ADD COLUMN open_min  smallint NOT NULL DEFAULT 510,
    ADD COLUMN close_min smallint NOT NULL DEFAULT 1230,
    ADD CONSTRAINT community_hours CHECK (open_min >= 0 AND close_min <= 1440 AND close_min - open_min >= 60);
COMMENT ON COLUMN community.open_min IS 'Service hours, in minutes of the community''s day: from …';
COMMENT ON COLUMN community.close_min IS '… until.';

ALTER TABLE complaint ADD COLUMN deadline_at timestamptz;
COMMENT ON COLUMN complaint.deadline_at IS 'Until when an authority wants it done.';

ALTER TABLE event
    ADD COLUMN clock   smallint,
    ADD COLUMN percent smallint;
COMMENT ON COLUMN event.clock IS 'Which clock passed a threshold: numbers of server/domain/clock.def.';
COMMENT ON COLUMN event.percent IS 'Of its time, when it did.';

CREATE TABLE promise_set (
    set_no      integer     PRIMARY KEY,
    valid_from  date        NOT NULL,
    state       smallint    NOT NULL CHECK (state BETWEEN 1 AND 3),
    note        text        NOT NULL,
    proposed_by uuid        NOT NULL,
    proposed_at timestamptz NOT NULL,
    decided_by  uuid,
    decided_at  timestamptz,
    version     integer     NOT NULL,
    CHECK ((state = 1) = (decided_by IS NULL)),
    CHECK ((state = 1) = (decided_at IS NULL)),
    CONSTRAINT promise_set_second_person CHECK (decided_by <> proposed_by OR state = 3 OR set_no = 1)
);
COMMENT ON TABLE promise_set IS 'A version of what is promised: which clocks a complaint has and how long they are. The one in force on the day of a submission stays with that complaint.';
COMMENT ON COLUMN promise_set.state IS '1 proposed, 2 approved by a second person, 3 turned down or taken back.';
CREATE UNIQUE INDEX promise_set_day ON promise_set (valid_from) WHERE state = 2;

CREATE TABLE promise (
    set_no   integer    NOT NULL REFERENCES promise_set,
    row_no   integer    NOT NULL,
    kind     smallint   NOT NULL,
    subkind  smallint   NOT NULL,
    channel  smallint   NOT NULL,
    urgency  smallint   NOT NULL,
    calendar smallint   NOT NULL CHECK (calendar BETWEEN 1 AND 3),
    terms    smallint[] NOT NULL,
    minutes  bigint[]   NOT NULL,
    PRIMARY KEY (set_no, row_no),
    CHECK (cardinality(terms) = cardinality(minutes))
);
COMMENT ON TABLE promise IS 'One row of a set: for which complaints (0: any), on which calendar, and each clock''s time in the order of server/domain/clock.def.';
COMMENT ON COLUMN promise.terms IS '0 no such clock, 1 minutes, 2 the end of the appointment, 3 so many minutes before the deadline.';

CREATE TABLE holiday_year (
    year      smallint    PRIMARY KEY CHECK (year BETWEEN 2000 AND 2063),
    loaded_by uuid        NOT NULL,
    loaded_at timestamptz NOT NULL,
    version   integer     NOT NULL
);
COMMENT ON TABLE holiday_year IS 'The years whose holidays and make-up days are known.';

CREATE TABLE holiday (
    year   smallint NOT NULL REFERENCES holiday_year,
    day    date     NOT NULL,
    is_off boolean  NOT NULL,
    name   text     NOT NULL,
    PRIMARY KEY (year, day)
);
COMMENT ON TABLE holiday IS 'A day unlike its weekday, as announced with a year; the last of December may come with the next.';

CREATE TABLE complaint_clock (
    community_id uuid          NOT NULL,
    complaint_id uuid          NOT NULL,
    set_no       integer       NOT NULL,
    row_no       integer       NOT NULL,
    from_at      timestamptz[] NOT NULL,
    due_at       timestamptz[] NOT NULL,
    met_at       timestamptz[] NOT NULL,
    fired        bigint        NOT NULL,
    provisional  bigint        NOT NULL,
    paused_from  timestamptz,
    paused_to    timestamptz,
    paused_us    bigint        NOT NULL,
    next_at      timestamptz,
    running_due  timestamptz,
    running      smallint,
    PRIMARY KEY (community_id, complaint_id),
    FOREIGN KEY (community_id, complaint_id) REFERENCES complaint,
    FOREIGN KEY (set_no, row_no) REFERENCES promise
) WITH (fillfactor = 80);
COMMENT ON TABLE complaint_clock IS 'The clocks of a complaint, kept by the servers'' job from its events. Arrays are in the order of server/domain/clock.def; a clock without a beginning does not run.';
COMMENT ON COLUMN complaint_clock.due_at IS 'Without the pauses, which paused_us counts.';
COMMENT ON COLUMN complaint_clock.fired IS 'A bit for each clock and threshold that was told.';
COMMENT ON COLUMN complaint_clock.next_at IS 'When the next threshold is passed; null: never.';
COMMENT ON COLUMN complaint_clock.running_due IS 'Of the clocks that run, when the first is due, pauses included.';
CREATE INDEX complaint_clock_next ON complaint_clock (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX complaint_clock_due ON complaint_clock (community_id, running_due) WHERE running_due IS NOT NULL;
CREATE INDEX complaint_clock_provisional ON complaint_clock (community_id, complaint_id) WHERE provisional <> 0;

CREATE TABLE clock_turn (
    is_one  boolean PRIMARY KEY DEFAULT true CHECK (is_one),
    turn    bigint  NOT NULL,
    era     bigint  NOT NULL,
    xid     xid8    NOT NULL,
    seq     bigint  NOT NULL,
    almanac bigint  NOT NULL
);
COMMENT ON TABLE clock_turn IS 'Whose turn it is: whoever changes clocks raises it from what was read, so that of several servers one does. With it, up to which event they have been kept.';
COMMENT ON COLUMN clock_turn.almanac IS 'Raised by every change of promises, holidays and service hours.';
INSERT INTO clock_turn (turn, era, xid, seq, almanac)
    VALUES (1, 0, pg_current_xact_id(), 0, 1);

INSERT INTO promise_set (set_no, valid_from, state, note, proposed_by, proposed_at, decided_by, decided_at, version)
    VALUES (1, '1970-01-01', 2, 'service standards §3.2', '00000000-0000-0000-0000-000000000000', now(),
        '00000000-0000-0000-0000-000000000000', now(), 1);
INSERT INTO promise (set_no, row_no, kind, subkind, channel, urgency, calendar, terms, minutes) VALUES
    (1,  1, 2, 1, 0, 3, 1, '{1,1,0,1,1,1,1}', '{5,10,0,20,1440,240,1440}'),
    (1,  2, 1, 2, 0, 3, 1, '{1,1,1,1,1,1,1}', '{15,30,15,30,1440,1440,1440}'),
    (1,  3, 1, 3, 0, 2, 2, '{1,1,1,0,1,1,1}', '{15,30,15,0,1440,2880,1440}'),
    (1,  4, 1, 0, 0, 1, 2, '{1,1,1,1,1,1,1}', '{15,30,15,60,1440,2880,1440}'),
    (1,  5, 2, 4, 0, 1, 2, '{1,1,1,2,1,1,1}', '{15,30,15,0,1440,2880,2880}'),
    (1,  6, 2, 5, 0, 1, 2, '{1,1,1,1,1,1,1}', '{15,30,15,120,1440,4320,2880}'),
    (1,  7, 3, 6, 0, 1, 2, '{1,1,1,2,1,2,1}', '{15,60,60,0,1440,0,1440}'),
    (1,  8, 3, 0, 0, 1, 2, '{1,1,1,2,1,1,1}', '{15,60,60,0,1440,2880,1440}'),
    (1,  9, 4, 0, 0, 1, 2, '{1,1,0,0,1,1,0}', '{15,30,0,0,1440,1440,0}'),
    (1, 10, 5, 0, 0, 1, 2, '{1,1,0,0,1,1,0}', '{60,480,0,0,1440,7200,0}'),
    (1, 11, 6, 0, 0, 1, 2, '{1,1,0,0,0,0,0}', '{60,480,0,0,0,0,0}'),
    (1, 12, 7, 0, 0, 2, 1, '{1,1,1,1,1,1,1}', '{15,30,15,60,1440,2880,2880}'),
    (1, 13, 8, 0, 0, 1, 2, '{1,1,1,1,1,1,1}', '{30,120,60,240,1440,10080,4320}'),
    (1, 14, 0, 0, 6, 3, 2, '{1,1,1,1,1,3,1}', '{15,30,15,60,1440,1440,1440}');

GRANT SELECT, INSERT, UPDATE ON promise_set TO guanjia_app;
GRANT SELECT, INSERT ON promise TO guanjia_app;
GRANT SELECT, INSERT, UPDATE ON holiday_year TO guanjia_app;
GRANT SELECT, INSERT, DELETE ON holiday TO guanjia_app;
GRANT SELECT, INSERT, UPDATE ON complaint_clock TO guanjia_app;
GRANT SELECT, UPDATE ON clock_turn TO guanjia_app;
