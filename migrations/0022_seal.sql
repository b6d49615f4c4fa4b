-- SPDX-License-Identifier: Apache-2.0
-- The record sealed: what stretches of it were, signed by a key that the database does not hold; and who read or took away how much.
-- serves_from: 6

-- Everything but what complaints leave behind is little, and is looked for by time. Before the table is changed: while
-- it is built people read on.
CREATE INDEX event_beside ON event (at) WHERE topic <> 1;

-- How many rows somebody was given, or read beyond what is usual.
ALTER TABLE event ADD COLUMN IF NOT EXISTS count integer;
COMMENT ON COLUMN event.count IS 'How many rows were given to somebody; of an alarm, how many they had that day.';
COMMENT ON COLUMN event.topic IS
    '1 complaint, 2 account, 3 grant, 4 place, 5 session, 6 file, 7 people, 8 promise, 9 holiday, 10 report, 11 collective, 12 list taken away, 15 record, 16 read or taken away too much.';

CREATE FUNCTION record_form() RETURNS smallint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 1::smallint';
COMMENT ON FUNCTION record_form() IS
    'The form in which entries are sealed (common/record.def): raised by the migration that adds a column to event, so that no older server seals without it.';

CREATE TABLE seal (
    number     bigint      PRIMARY KEY CHECK (number > 0),
    form       smallint    NOT NULL,
    era        bigint      NOT NULL,
    first_xid  xid8        NOT NULL,
    first_seq  bigint      NOT NULL,
    last_xid   xid8        NOT NULL,
    last_seq   bigint      NOT NULL,
    count      integer     NOT NULL CHECK (count BETWEEN 1 AND 1000),
    sealed_at  timestamptz NOT NULL,
    key_id     bytea       NOT NULL CHECK (length(key_id) = 8),
    previous   bytea       NOT NULL CHECK (length(previous) = 32),
    list       bytea       NOT NULL CHECK (length(list) = 48 * count),
    hash       bytea       NOT NULL CHECK (length(hash) = 32),
    signature  bytea       NOT NULL CHECK (length(signature) = 64)
);
COMMENT ON TABLE seal IS
    'What stretches of the record were, one behind the other, append-only; docs/record.md. The same stand in a file outside the database.';
COMMENT ON COLUMN seal.number IS 'The next one each time: of several servers one gets it.';
COMMENT ON COLUMN seal.list IS 'Of each entry its xid, seq and SHA-256, in order.';
COMMENT ON COLUMN seal.previous IS 'The hash of the seal before; zeros in the first.';
COMMENT ON COLUMN seal.key_id IS 'Of which public key the signature is: the first 8 bytes of its SHA-256.';
-- Hashes and signatures do not become smaller.
ALTER TABLE seal ALTER COLUMN list SET STORAGE EXTERNAL;

-- Where transaction ids began anew: events up to there are of the cluster before.
ALTER TABLE feed_era ADD COLUMN first_seq bigint NOT NULL DEFAULT (-9223372036854775808);
COMMENT ON COLUMN feed_era.first_seq IS 'Events with a seq above it, up to that of the next era, are of this one; of the first era all there can be.';

CREATE OR REPLACE FUNCTION feed_era_now() RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    here bigint := (SELECT system_identifier FROM pg_control_system());
    last record;
BEGIN
    SELECT era, system_identifier INTO last FROM public.feed_era ORDER BY era DESC LIMIT 1;
    IF last IS NULL OR last.system_identifier <> here THEN
        INSERT INTO public.feed_era (era, system_identifier, first_seq)
            VALUES (coalesce(last.era, 0) + 1, here,
                CASE WHEN last IS NULL THEN -9223372036854775808
                    ELSE coalesce(pg_sequence_last_value(pg_get_serial_sequence('public.event', 'seq')), 0) END)
            ON CONFLICT DO NOTHING;
        RETURN (SELECT max(era) FROM public.feed_era);
    END IF;
    RETURN last.era;
END $$;

CREATE TABLE reading_alarm (
    account_id uuid        NOT NULL REFERENCES account,
    day        date        NOT NULL,
    kind       smallint    NOT NULL,
    amount     bigint      NOT NULL,
    at         timestamptz NOT NULL,
    PRIMARY KEY (account_id, day, kind)
);
COMMENT ON TABLE reading_alarm IS
    'Who read or took away more in a day than their roles need: each is told once, whichever server sees it.';
COMMENT ON COLUMN reading_alarm.kind IS 'Numbers of server/domain/reading.def.';
COMMENT ON COLUMN reading_alarm.amount IS 'When it was seen.';
CREATE INDEX reading_alarm_day ON reading_alarm (day);

GRANT SELECT, INSERT ON seal TO guanjia_app;
GRANT SELECT, INSERT ON reading_alarm TO guanjia_app;
GRANT EXECUTE ON FUNCTION record_form() TO guanjia_app;
