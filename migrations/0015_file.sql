-- SPDX-License-Identifier: Apache-2.0
-- Photographs, documents and drawn signatures of complaints. Their bytes are rows, so that backup and standby hold them
-- as they hold everything else.
-- serves_from: 6

CREATE TABLE file (
    community_id   uuid        NOT NULL,
    file_id        uuid        NOT NULL,
    complaint_id   uuid,
    account_id     uuid        NOT NULL,
    purpose        smallint    NOT NULL CHECK (purpose BETWEEN 1 AND 99),
    state          smallint    NOT NULL CHECK (state BETWEEN 1 AND 3),
    sent_bytes     integer     NOT NULL CHECK (sent_bytes BETWEEN 1 AND 20971520),
    sent_hash      bytea       NOT NULL CHECK (length(sent_hash) = 32),
    received_bytes integer     NOT NULL DEFAULT 0 CHECK (received_bytes BETWEEN 0 AND sent_bytes),
    fault          smallint,
    part_id        uuid        NOT NULL,
    type           smallint,
    kept_bytes     integer,
    kept_hash      bytea CHECK (length(kept_hash) = 32),
    width          integer,
    height         integer,
    begun_at       timestamptz NOT NULL,
    ready_at       timestamptz,
    loose_until    timestamptz,
    PRIMARY KEY (community_id, file_id),
    FOREIGN KEY (community_id, complaint_id) REFERENCES complaint (community_id, complaint_id),
    CHECK ((state = 2) = (kept_hash IS NOT NULL AND kept_bytes IS NOT NULL AND type IS NOT NULL
        AND ready_at IS NOT NULL)),
    CHECK ((state = 3) = (fault IS NOT NULL))
);
COMMENT ON TABLE file IS 'A photograph, document or drawn signature: what was declared, how far it came, and what is kept of it.';
COMMENT ON COLUMN file.complaint_id IS 'NULL: sent for a complaint that is not submitted yet; only who sent it sees it.';
COMMENT ON COLUMN file.account_id IS 'Who sends it.';
COMMENT ON COLUMN file.purpose IS '1 before, 2 after, 3 signature, 4 document.';
COMMENT ON COLUMN file.state IS '1 receiving, 2 ready, 3 refused.';
COMMENT ON COLUMN file.sent_hash IS 'SHA-256 of the whole, as declared before the first byte.';
COMMENT ON COLUMN file.fault IS 'Why it was refused; numbers of server/domain/file.def.';
COMMENT ON COLUMN file.part_id IS 'Whose chunks are the file: those that were sent (the file''s own id), or those that were made of them.';
COMMENT ON COLUMN file.type IS '1 JPEG, 2 PNG, 3 PDF: by its content.';
COMMENT ON COLUMN file.kept_hash IS 'SHA-256 of what is kept: an image is encoded anew, without what its camera wrote into it.';
COMMENT ON COLUMN file.loose_until IS 'It goes then, where it was not finished or belongs to no complaint; NULL: it stays.';
CREATE INDEX file_complaint ON file (community_id, complaint_id) WHERE complaint_id IS NOT NULL;
CREATE INDEX file_loose ON file (loose_until) WHERE loose_until IS NOT NULL;

CREATE TABLE file_slot (
    community_id uuid     NOT NULL,
    holder_id    uuid     NOT NULL,
    slot_no      smallint NOT NULL CHECK (slot_no BETWEEN 1 AND 12),
    file_id      uuid     NOT NULL,
    PRIMARY KEY (community_id, holder_id, slot_no),
    FOREIGN KEY (community_id, file_id) REFERENCES file (community_id, file_id)
);
COMMENT ON TABLE file_slot IS 'Nine files a complaint, and behind them three signatures: each has a place that no other can have.';
COMMENT ON COLUMN file_slot.holder_id IS 'The complaint; before it is submitted the account of who sends the file.';
COMMENT ON COLUMN file_slot.slot_no IS '1 to 9; signatures 10 to 12.';
CREATE INDEX file_slot_file ON file_slot (community_id, file_id);

CREATE TABLE file_chunk (
    community_id uuid     NOT NULL,
    file_id      uuid     NOT NULL,
    part_id      uuid     NOT NULL,
    chunk_no     smallint NOT NULL CHECK (chunk_no >= 0),
    content      bytea    NOT NULL CHECK (length(content) BETWEEN 1 AND 262144),
    PRIMARY KEY (community_id, file_id, part_id, chunk_no),
    FOREIGN KEY (community_id, file_id) REFERENCES file (community_id, file_id)
);
COMMENT ON TABLE file_chunk IS 'The bytes, 256 KiB a row, counted from 0; only the last of a part is shorter.';
ALTER TABLE file_chunk ALTER COLUMN content SET STORAGE EXTERNAL; -- what a camera wrote is compressed already

ALTER TABLE receipt ADD COLUMN sign_hash bytea CHECK (length(sign_hash) = 32);
ALTER TABLE receipt ADD CONSTRAINT receipt_signed_by_hand
    CHECK (sign_method IS DISTINCT FROM 2 OR sign_hash IS NOT NULL) NOT VALID;
COMMENT ON COLUMN receipt.sign_hash IS 'With 2, by hand: SHA-256 of the drawn signature, as it is kept.';

COMMENT ON COLUMN event.topic IS '1 complaint, 2 account, 3 grant, 4 place, 5 session, 6 file.';

GRANT SELECT, INSERT, DELETE ON file, file_slot, file_chunk TO guanjia_app;
GRANT UPDATE (complaint_id, state, received_bytes, fault, part_id, type, kept_bytes, kept_hash, width, height,
    ready_at, loose_until) ON file TO guanjia_app;
GRANT UPDATE (sign_hash) ON receipt TO guanjia_app;
