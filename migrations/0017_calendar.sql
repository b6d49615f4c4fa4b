-- SPDX-License-Identifier: Apache-2.0
-- Who may do what work until when, who is away, how many orders a person has; what materials cost.
-- serves_from: 6

CREATE TABLE qualification (
    qualification_id uuid PRIMARY KEY,
    account_id       uuid        NOT NULL REFERENCES account,
    kind             smallint    NOT NULL CHECK (kind BETWEEN 1 AND 99),
    number           text        NOT NULL,
    from_day         date        NOT NULL,
    last_day         date        NOT NULL,
    version          integer     NOT NULL,
    added_by         uuid        NOT NULL,
    added_at         timestamptz NOT NULL,
    verified_by      uuid,
    verified_at      timestamptz,
    ended_at         timestamptz,
    CHECK (from_day <= last_day),
    CHECK ((verified_by IS NULL) = (verified_at IS NULL)),
    CHECK (verified_by <> added_by AND verified_by <> account_id)
);
COMMENT ON TABLE qualification IS 'Proofs that a person may do some work, company-wide. One counts from the moment a second person has seen it, on its days, until it is ended.';
COMMENT ON COLUMN qualification.kind IS 'Numbers of server/domain/qualification.def.';
COMMENT ON COLUMN qualification.last_day IS 'Included: as it is printed on it. Days of the community where the work is.';
COMMENT ON COLUMN qualification.ended_at IS 'Taken back, or entered wrongly; the row stays for what was decided on it.';
CREATE INDEX qualification_account ON qualification (account_id, kind);
CREATE INDEX qualification_last_day ON qualification (last_day, qualification_id) WHERE ended_at IS NULL;

CREATE TABLE absence (
    absence_id  uuid PRIMARY KEY,
    account_id  uuid        NOT NULL REFERENCES account,
    kind        smallint    NOT NULL CHECK (kind BETWEEN 1 AND 99),
    from_at     timestamptz NOT NULL,
    to_at       timestamptz NOT NULL,
    version     integer     NOT NULL,
    recorded_by uuid        NOT NULL,
    recorded_at timestamptz NOT NULL,
    CHECK (from_at <= to_at)
);
COMMENT ON TABLE absence IS 'When somebody is not there: leave, illness, training. Its time is a row of busy, so nobody can be booked into it; from = to: it was ended before it began.';
COMMENT ON COLUMN absence.kind IS '1 leave, 2 sick, 3 training, 9 other. Only whoever leads a person sees it.';
CREATE INDEX absence_account ON absence (account_id, to_at);

ALTER TABLE busy ADD COLUMN order_no smallint;
COMMENT ON COLUMN busy.complaint_id IS 'What the time is kept for; with the nil community an absence.';
COMMENT ON COLUMN busy.order_no IS 'Which of the person''s open orders it is, from 1; null: not dispatched. Each number once: two servers that give the last free one away in one moment cannot both succeed.';
CREATE UNIQUE INDEX busy_order ON busy (account_id, order_no) WHERE order_no IS NOT NULL;

ALTER TABLE crew ADD COLUMN orders_max smallint CHECK (orders_max BETWEEN 1 AND 9999);
COMMENT ON COLUMN crew.orders_max IS 'Open orders one person of it may have; null: VISIT_ORDERS_MAX of server/domain/visit.h.';

ALTER TABLE complaint
    ADD COLUMN no_entry_count smallint NOT NULL DEFAULT 0,
    ADD COLUMN returned_count smallint NOT NULL DEFAULT 0;
COMMENT ON COLUMN complaint.no_entry_count IS 'Visits at which nobody let them in.';
COMMENT ON COLUMN complaint.returned_count IS 'Visits given back for any reason.';

CREATE TABLE price (
    code       text PRIMARY KEY,
    name       text        NOT NULL,
    unit       text        NOT NULL,
    price_fen  bigint      NOT NULL CHECK (price_fen BETWEEN 0 AND 100000000),
    version    integer     NOT NULL,
    ended_at   timestamptz,
    changed_at timestamptz NOT NULL
);
COMMENT ON TABLE price IS 'The company''s list of materials and what a unit of each costs. What a receipt says stays as it was.';
COMMENT ON COLUMN price.ended_at IS 'Not used any more; the code can be taken up again.';

GRANT SELECT, INSERT ON qualification, absence, price TO guanjia_app;
GRANT UPDATE (verified_by, verified_at, ended_at, version) ON qualification TO guanjia_app;
GRANT UPDATE (to_at, version) ON absence TO guanjia_app;
GRANT UPDATE (name, unit, price_fen, version, ended_at, changed_at) ON price TO guanjia_app;
GRANT UPDATE (orders_max) ON crew TO guanjia_app;
