-- SPDX-License-Identifier: Apache-2.0
-- The whole flow of a complaint: where, who raised it, who leads it, and everything a step leaves behind.

ALTER TABLE complaint
    ALTER COLUMN team_id DROP NOT NULL,
    ADD COLUMN place_id         uuid,
    ADD COLUMN category         smallint,
    ADD COLUMN is_suggested     boolean  NOT NULL DEFAULT false,
    ADD COLUMN subkind          smallint,
    ADD COLUMN reporter         smallint NOT NULL DEFAULT 1 CHECK (reporter IN (1, 2, 3)),
    ADD COLUMN language         smallint NOT NULL DEFAULT 1,
    ADD COLUMN lead             smallint NOT NULL DEFAULT 1 CHECK (lead BETWEEN 1 AND 4),
    ADD COLUMN respondent_id    uuid     REFERENCES account,
    ADD COLUMN worker_id        uuid     REFERENCES account,
    ADD COLUMN state_before     smallint,
    ADD COLUMN suspend_reason   smallint,
    ADD COLUMN suspended_until  timestamptz,
    ADD COLUMN master_id        uuid,
    ADD COLUMN merged_count     smallint NOT NULL DEFAULT 0 CHECK (merged_count >= 0),
    ADD COLUMN accepted_at      timestamptz,
    ADD COLUMN pending_at       timestamptz,
    ADD COLUMN advice           text,
    ADD COLUMN answer           text,
    ADD COLUMN close_mode       smallint,
    ADD COLUMN follow_up_score  smallint CHECK (follow_up_score BETWEEN 1 AND 5),
    ADD COLUMN followed_up_at   timestamptz,
    ADD COLUMN receipt_id       uuid,
    ADD COLUMN reopened_count   smallint NOT NULL DEFAULT 0,
    ADD COLUMN archive_hash     bytea CHECK (length(archive_hash) = 32),
    ADD CONSTRAINT complaint_place FOREIGN KEY (community_id, place_id)
        REFERENCES place (community_id, place_id),
    ADD CONSTRAINT complaint_master FOREIGN KEY (community_id, master_id)
        REFERENCES complaint (community_id, complaint_id),
    ADD CHECK ((master_id IS NOT NULL) = (state = 104)),
    ADD CHECK ((suspended_until IS NOT NULL) = (state = 11)),
    ADD CHECK ((state_before IS NOT NULL) = (state IN (11, 104)));
COMMENT ON COLUMN complaint.team_id IS 'The team that has it now; null: in customer service''s queue, since its place belongs to no team.';
COMMENT ON COLUMN complaint.place_id IS 'Null only for what was imported.';
COMMENT ON COLUMN complaint.category IS 'Numbers of server/domain/category.def.';
COMMENT ON COLUMN complaint.is_suggested IS 'The category was suggested from the text and nobody has chosen one.';
COMMENT ON COLUMN complaint.reporter IS '1 named, 2 protected (only customer service and managers see who), 3 anonymous.';
COMMENT ON COLUMN complaint.lead IS 'Who leads it: 1 the leader, 2 the officer, 3 the manager, 4 the director. Routed around whom it is about.';
COMMENT ON COLUMN complaint.respondent_id IS 'The person complained about, who has nothing to do with it from then on.';
COMMENT ON COLUMN complaint.worker_id IS 'The person dispatched; null: anybody of the crew.';
COMMENT ON COLUMN complaint.state_before IS 'Where it returns to from SUSPENDED or MERGED.';
COMMENT ON COLUMN complaint.merged_count IS 'How many are merged into it; one that is not 0 is not merged itself, so there are no chains.';
COMMENT ON COLUMN complaint.receipt_id IS 'The service receipt that is to be, or was, signed.';
COMMENT ON COLUMN complaint.close_mode IS '1 owner by code, 2 owner''s word to customer service, 3 decided, 4 imported.';
COMMENT ON COLUMN complaint.archive_hash IS 'SHA-256 over its events in order, when it was archived.';
CREATE INDEX complaint_queue ON complaint (community_id, submitted_at DESC, complaint_id DESC) WHERE team_id IS NULL;
CREATE INDEX complaint_place_time ON complaint (community_id, place_id, submitted_at DESC) WHERE place_id IS NOT NULL;
CREATE INDEX complaint_worker ON complaint (community_id, worker_id, submitted_at DESC) WHERE worker_id IS NOT NULL;
CREATE INDEX complaint_suspended ON complaint (suspended_until) WHERE suspended_until IS NOT NULL;
CREATE INDEX complaint_ended ON complaint (ended_at) WHERE ended_at IS NOT NULL AND archive_hash IS NULL;
CREATE INDEX complaint_master ON complaint (community_id, master_id) WHERE master_id IS NOT NULL;

CREATE TABLE complaint_contact (
    community_id uuid  NOT NULL,
    complaint_id uuid  NOT NULL,
    wrapped_key  bytea NOT NULL,
    name         bytea,
    phone        bytea,
    phone_index  bytea CHECK (length(phone_index) = 32),
    PRIMARY KEY (community_id, complaint_id),
    FOREIGN KEY (community_id, complaint_id) REFERENCES complaint (community_id, complaint_id)
);
COMMENT ON TABLE complaint_contact IS 'Whom to call about it: encrypted under a key of its own, which the server wraps; a telephone is found by its blind index.';
CREATE INDEX complaint_contact_phone ON complaint_contact (community_id, phone_index) WHERE phone_index IS NOT NULL;

CREATE TABLE busy (
    community_id uuid        NOT NULL,
    busy_id      uuid        NOT NULL,
    account_id   uuid        NOT NULL REFERENCES account,
    complaint_id uuid        NOT NULL,
    window_from  timestamptz NOT NULL,
    window_to    timestamptz NOT NULL,
    PRIMARY KEY (community_id, busy_id),
    CHECK (window_from < window_to),
    CONSTRAINT busy_once EXCLUDE USING gist
        (account_id WITH =, complaint_id WITH <>, tstzrange(window_from, window_to) WITH &&)
);
COMMENT ON TABLE busy IS 'The calendar of people, over all communities: nobody is booked twice at one time. Rows of one complaint may overlap, so that an appointment is moved by taking the new slot before the old is given back.';
CREATE INDEX busy_complaint ON busy (community_id, complaint_id);

ALTER TABLE event
    ADD COLUMN actor       smallint NOT NULL DEFAULT 1,
    ADD COLUMN reason      smallint,
    ADD COLUMN worker_id   uuid,
    ADD COLUMN receipt_id  uuid,
    ADD COLUMN window_from timestamptz,
    ADD COLUMN window_to   timestamptz,
    ADD COLUMN until       timestamptz,
    ADD COLUMN score       smallint;
COMMENT ON COLUMN event.actor IS '1 the account, 2 the owner by a code, 3 the server by itself.';
COMMENT ON COLUMN event.reason IS 'Numbers of Complaint.Reason in proto/complaint.proto.';

GRANT SELECT, INSERT, DELETE ON busy, complaint_contact TO guanjia_app;
