-- SPDX-License-Identifier: Apache-2.0
-- What goes to owners: receipts that stay as they were issued, one-time codes, and the messages that carry them.

CREATE TABLE receipt (
    community_id uuid        NOT NULL,
    receipt_id   uuid        NOT NULL,
    complaint_id uuid        NOT NULL,
    kind         smallint    NOT NULL CHECK (kind BETWEEN 1 AND 99),
    language     smallint    NOT NULL,
    code_hash    bytea       NOT NULL CHECK (length(code_hash) = 32),
    body         bytea       NOT NULL,
    body_hash    bytea       NOT NULL CHECK (body_hash = sha256(body)),
    text         text        NOT NULL,
    photo_hashes bytea       NOT NULL DEFAULT '' CHECK (length(photo_hashes) % 32 = 0),
    issued_at    timestamptz NOT NULL,
    signed_at    timestamptz,
    sign_method  smallint,
    sign_reason  text,
    PRIMARY KEY (community_id, receipt_id),
    UNIQUE (community_id, code_hash),
    FOREIGN KEY (community_id, complaint_id) REFERENCES complaint (community_id, complaint_id),
    CHECK ((signed_at IS NULL) = (sign_method IS NULL))
);
COMMENT ON TABLE receipt IS 'Acknowledgement (受理回执), appointment (预约回执), service (签收单): what the owner was given, never changed but for its signature.';
COMMENT ON COLUMN receipt.kind IS '1 acknowledgement, 2 appointment, 3 service.';
COMMENT ON COLUMN receipt.code_hash IS 'SHA-256 of the code''s letters. The code itself is an HMAC that servers make anew; it stands nowhere.';
COMMENT ON COLUMN receipt.body IS 'Canonical JSON (RFC 8785).';
COMMENT ON COLUMN receipt.text IS 'The same for people, in the owner''s language, as rendered when it was issued.';
COMMENT ON COLUMN receipt.photo_hashes IS 'SHA-256 of each photograph of the object, one behind the other.';
COMMENT ON COLUMN receipt.sign_method IS '1 one-time code, 2 by hand, 3 refused (sign_reason), 4 nobody to sign.';
CREATE INDEX receipt_complaint ON receipt (community_id, complaint_id, issued_at);

CREATE TABLE material (
    community_id   uuid     NOT NULL,
    receipt_id     uuid     NOT NULL,
    line_no        smallint NOT NULL,
    name           text     NOT NULL,
    quantity_milli integer  NOT NULL CHECK (quantity_milli > 0),
    unit           text     NOT NULL,
    price_fen      bigint   NOT NULL CHECK (price_fen >= 0),
    PRIMARY KEY (community_id, receipt_id, line_no),
    FOREIGN KEY (community_id, receipt_id) REFERENCES receipt (community_id, receipt_id)
);
COMMENT ON TABLE material IS 'What was used, as it stands on the service receipt.';
COMMENT ON COLUMN material.quantity_milli IS 'Thousandths of the unit.';
COMMENT ON COLUMN material.price_fen IS 'Of one unit.';

CREATE TABLE one_time_code (
    community_id uuid        NOT NULL,
    code_id      uuid        NOT NULL,
    complaint_id uuid        NOT NULL,
    purpose      smallint    NOT NULL,
    code_hash    bytea       NOT NULL CHECK (length(code_hash) = 32),
    made_at      timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    tries_left   smallint    NOT NULL CHECK (tries_left >= 0),
    used_at      timestamptz,
    PRIMARY KEY (community_id, code_id),
    FOREIGN KEY (community_id, complaint_id) REFERENCES complaint (community_id, complaint_id)
);
COMMENT ON TABLE one_time_code IS 'Six digits sent to the owner''s telephone: whoever gives them back is the owner. The newest of a purpose counts.';
COMMENT ON COLUMN one_time_code.code_hash IS 'Keyed, of community, code_id, purpose and digits: six digits alone would be found by trying.';
COMMENT ON COLUMN one_time_code.purpose IS '1 sign, 2 confirm or refuse, 3 withdraw, 4 reopen.';
CREATE INDEX one_time_code_newest ON one_time_code (community_id, complaint_id, purpose, made_at DESC);

CREATE TABLE outgoing (
    community_id uuid        NOT NULL,
    outgoing_id  uuid        NOT NULL,
    complaint_id uuid,
    receipt_id   uuid,
    kind         smallint    NOT NULL,
    language     smallint    NOT NULL,
    sealed       bytea,
    made_at      timestamptz NOT NULL,
    next_try_at  timestamptz NOT NULL,
    try_count    integer     NOT NULL DEFAULT 0,
    sent_at      timestamptz,
    given_up_at  timestamptz,
    PRIMARY KEY (community_id, outgoing_id),
    CHECK (sealed IS NOT NULL OR sent_at IS NOT NULL OR given_up_at IS NOT NULL)
);
COMMENT ON TABLE outgoing IS 'Words to owners, written in the transaction of their cause, taken by the job that hands them to the program of the setting `outgoing`.';
COMMENT ON COLUMN outgoing.receipt_id IS 'Whose text goes before the sealed one; a number that is minted in the same moment can only stand there.';
COMMENT ON COLUMN outgoing.sealed IS 'Receiver and text, encrypted; gone once it was sent: some hold a one-time code.';
COMMENT ON COLUMN outgoing.kind IS 'Why it was written; numbers of server/outgoing.def.';
CREATE INDEX outgoing_due ON outgoing (next_try_at) WHERE sent_at IS NULL AND given_up_at IS NULL;

GRANT SELECT, INSERT ON receipt, material, one_time_code, outgoing TO guanjia_app;
GRANT UPDATE (signed_at, sign_method, sign_reason) ON receipt TO guanjia_app;
GRANT UPDATE (tries_left, used_at) ON one_time_code TO guanjia_app;
GRANT UPDATE (sealed, next_try_at, try_count, sent_at, given_up_at) ON outgoing TO guanjia_app;
GRANT DELETE ON one_time_code, outgoing TO guanjia_app;
