-- SPDX-License-Identifier: Apache-2.0
-- What people look for again and again, and what was taken out of the system.
-- serves_from: 6

CREATE TABLE saved_filter (
    community_id uuid        NOT NULL REFERENCES community,
    filter_id    uuid        NOT NULL,
    account_id   uuid        NOT NULL REFERENCES account,
    name         text        NOT NULL,
    share        smallint    NOT NULL,
    team_id      uuid,
    list         bytea       NOT NULL,
    version      integer     NOT NULL,
    changed_at   timestamptz NOT NULL,
    PRIMARY KEY (community_id, filter_id),
    UNIQUE (community_id, account_id, name),
    FOREIGN KEY (community_id, team_id) REFERENCES team,
    CHECK (share IN (1, 2, 3) AND (share = 2) = (team_id IS NOT NULL) AND length(list) <= 1024)
);
COMMENT ON TABLE saved_filter IS
    'Lists of complaints that somebody asks for by a name, for themselves, a team or the community. Whoever asks sees what their own grants reach.';
COMMENT ON COLUMN saved_filter.share IS '1 its maker''s own, 2 of the team, 3 of the community.';
COMMENT ON COLUMN saved_filter.list IS 'An encoded ComplaintList without limit, cursor and telephone.';

CREATE TABLE export_run (
    community_id uuid        NOT NULL REFERENCES community,
    export_id    uuid        NOT NULL,
    account_id   uuid        NOT NULL REFERENCES account,
    state        smallint    NOT NULL,
    list         bytea       NOT NULL,
    columns      smallint[]  NOT NULL,
    format       smallint    NOT NULL,
    rows_given   integer     NOT NULL DEFAULT 0,
    is_whole     boolean     NOT NULL DEFAULT false,
    begun_at     timestamptz NOT NULL,
    read_at      timestamptz,
    ended_at     timestamptz,
    approved_by  uuid        REFERENCES account,
    approved_at  timestamptz,
    version      integer     NOT NULL,
    PRIMARY KEY (community_id, export_id),
    CHECK (state IN (1, 2, 3) AND length(list) <= 1024 AND approved_by <> account_id
        AND (state = 1) = (ended_at IS NULL) AND (approved_by IS NULL) = (approved_at IS NULL))
);
COMMENT ON TABLE export_run IS
    'Who took complaints out of the system: by which filter, which columns, how many rows, who allowed it. Each begin, approval and end is an event of topic 12.';
COMMENT ON COLUMN export_run.state IS '1 open, 2 done, 3 cancelled.';
COMMENT ON COLUMN export_run.columns IS 'Numbers of Export.Column.';
COMMENT ON COLUMN export_run.rows_given IS 'How many rows went out at most, written before they do.';
COMMENT ON COLUMN export_run.is_whole IS 'The last page went out.';
CREATE INDEX export_run_newest ON export_run (community_id, begun_at DESC, export_id DESC);
CREATE INDEX export_run_person ON export_run (account_id, begun_at);

GRANT SELECT, INSERT, UPDATE (share, team_id, list, version, changed_at), DELETE ON saved_filter TO guanjia_app;
GRANT SELECT, INSERT, UPDATE (state, rows_given, is_whole, read_at, ended_at, approved_by, approved_at, version)
    ON export_run TO guanjia_app;
