-- SPDX-License-Identifier: Apache-2.0
-- Complaints and requests (投诉及诉求) as they are now; how they came to be so stands in event.

CREATE TABLE complaint (
    community_id uuid        NOT NULL REFERENCES community,
    complaint_id uuid        NOT NULL,
    day          date        NOT NULL,
    day_no       integer     NOT NULL,
    version      integer     NOT NULL,
    kind         smallint    NOT NULL,
    channel      smallint    NOT NULL,
    urgency      smallint    NOT NULL,
    state        smallint    NOT NULL CHECK (state BETWEEN 1 AND 199),
    is_open      boolean     GENERATED ALWAYS AS (state < 100) STORED,
    title        text,
    body         text        NOT NULL,
    submitted_at timestamptz NOT NULL,
    changed_at   timestamptz NOT NULL,
    team_id      uuid        NOT NULL,
    crew_id      uuid        REFERENCES crew,
    window_from  timestamptz,
    window_to    timestamptz,
    arrived_at   timestamptz,
    work_done_at timestamptz,
    result       text,
    ended_at     timestamptz,
    rating       smallint CHECK (rating BETWEEN 1 AND 5),
    PRIMARY KEY (community_id, complaint_id),
    UNIQUE (community_id, day, day_no),
    FOREIGN KEY (community_id, team_id) REFERENCES team,
    CHECK ((window_from IS NULL) = (window_to IS NULL)),
    CHECK (window_from < window_to)
) WITH (fillfactor = 90);
COMMENT ON TABLE complaint IS 'One matter raised by or for an owner, of any kind.';
COMMENT ON COLUMN complaint.complaint_id IS 'The key of the request that made it.';
COMMENT ON COLUMN complaint.day IS 'Of its submission, in the community''s time zone; with day_no the number people use.';
COMMENT ON COLUMN complaint.state IS 'Numbers of server/domain/complaint.def: 1–99 open, 100–199 ended.';
COMMENT ON COLUMN complaint.is_open IS 'In the predicates of indexes instead of state, so that a step stays on its page (HOT).';
COMMENT ON COLUMN complaint.team_id IS 'The team that has it now.';
CREATE INDEX complaint_time ON complaint (community_id, submitted_at DESC, complaint_id DESC);
CREATE INDEX complaint_team_open ON complaint (community_id, team_id, submitted_at DESC, complaint_id DESC) WHERE is_open;
CREATE INDEX complaint_crew ON complaint (community_id, crew_id, submitted_at DESC) WHERE crew_id IS NOT NULL;

CREATE TABLE complaint_search (
    community_id uuid     NOT NULL,
    complaint_id uuid     NOT NULL,
    body         text     NOT NULL,
    pairs        bigint[] NOT NULL,
    PRIMARY KEY (community_id, complaint_id),
    FOREIGN KEY (community_id, complaint_id) REFERENCES complaint
);
COMMENT ON TABLE complaint_search IS 'What a search for words reads: title and text after NFKC and case folding.';
COMMENT ON COLUMN complaint_search.pairs IS
    'Each two neighbouring characters as one number (first << 21 | second), made by the server: trigrams cannot find Chinese words of two characters.';
CREATE INDEX complaint_search_pairs ON complaint_search USING gin (community_id, pairs);

GRANT SELECT, INSERT, UPDATE ON complaint TO guanjia_app;
GRANT SELECT, INSERT, UPDATE ON complaint_search TO guanjia_app;
