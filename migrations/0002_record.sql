-- SPDX-License-Identifier: Apache-2.0
-- What was done, once: the table of applied keys, and the events that nobody rewrites.

CREATE TABLE applied (
    community_id uuid        NOT NULL,
    account_id   uuid        NOT NULL,
    key          uuid        NOT NULL,
    request_hash bytea       NOT NULL CHECK (length(request_hash) = 32),
    reply        bytea       NOT NULL,
    minted       text,
    applied_at   timestamptz NOT NULL,
    PRIMARY KEY (community_id, account_id, key)
);
COMMENT ON TABLE applied IS
    'Every write that took effect, with its answer: the same key gets the same answer. The nil community for what is company-wide.';
COMMENT ON COLUMN applied.request_hash IS 'HMAC-SHA256, by a key of the servers, of method, a NUL byte, and the request''s bytes as received: some hold a password.';
COMMENT ON COLUMN applied.reply IS 'The reply as decided: ids, versions and codes only.';
COMMENT ON COLUMN applied.minted IS 'What the database itself made in that moment (a number), merged into the reply.';
CREATE INDEX applied_at ON applied (applied_at);

CREATE TABLE event (
    community_id uuid        NOT NULL,
    seq          bigint      GENERATED ALWAYS AS IDENTITY,
    xid          xid8        NOT NULL DEFAULT pg_current_xact_id(),
    at           timestamptz NOT NULL,
    topic        smallint    NOT NULL,
    subject_id   uuid        NOT NULL,
    step         smallint    NOT NULL,
    state_from   smallint,
    state_to     smallint,
    version      integer     NOT NULL,
    account_id   uuid        NOT NULL,
    device_id    uuid        NOT NULL,
    grant_id     uuid        NOT NULL,
    number       text,
    team_id      uuid,
    crew_id      uuid,
    text_hash    bytea CHECK (length(text_hash) = 32),
    PRIMARY KEY (community_id, seq)
);
COMMENT ON TABLE event IS
    'Append-only: who did what to what, when, by which grant; ids, codes, states, numbers and times only. One row a change is its timeline, its audit, and its place in the feed.';
COMMENT ON COLUMN event.xid IS 'A sequence is not commit order: positions are (era, xid, seq), read below the oldest running transaction.';
COMMENT ON COLUMN event.topic IS '1 complaint, 2 account, 3 grant, 4 place, 5 session.';
COMMENT ON COLUMN event.step IS 'Numbers of the topic''s own steps.';
COMMENT ON COLUMN event.grant_id IS 'The grant that allowed it; nil where none was needed.';
COMMENT ON COLUMN event.text_hash IS 'SHA-256 of event_text.salt and its body, so that erasing words leaves the record whole.';
CREATE INDEX event_feed ON event (xid, seq);
CREATE INDEX event_subject ON event (community_id, subject_id, seq);

CREATE TABLE event_text (
    community_id uuid  NOT NULL,
    seq          bigint NOT NULL,
    salt         bytea NOT NULL CHECK (length(salt) = 32),
    body         text  NOT NULL,
    PRIMARY KEY (community_id, seq),
    FOREIGN KEY (community_id, seq) REFERENCES event
);
COMMENT ON TABLE event_text IS 'Words that came with an event; erasable, with their salt.';

CREATE TABLE feed_era (
    era               bigint PRIMARY KEY,
    system_identifier bigint      NOT NULL,
    began_at          timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE feed_era IS
    'After dump and restore into another cluster transaction ids begin low again: a new era, and clients load anew.';

CREATE FUNCTION feed_era_now() RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    here bigint := (SELECT system_identifier FROM pg_control_system());
    last record;
BEGIN
    SELECT era, system_identifier INTO last FROM public.feed_era ORDER BY era DESC LIMIT 1;
    IF last IS NULL OR last.system_identifier <> here THEN
        INSERT INTO public.feed_era (era, system_identifier)
            VALUES (coalesce(last.era, 0) + 1, here) ON CONFLICT DO NOTHING;
        RETURN (SELECT max(era) FROM public.feed_era);
    END IF;
    RETURN last.era;
END $$;
COMMENT ON FUNCTION feed_era_now() IS 'The era of this cluster, begun if it is new.';

GRANT SELECT, INSERT, DELETE ON applied TO guanjia_app;
GRANT SELECT, INSERT ON event TO guanjia_app;
GRANT SELECT, INSERT, DELETE ON event_text TO guanjia_app;
GRANT SELECT ON feed_era TO guanjia_app;
GRANT EXECUTE ON FUNCTION feed_era_now() TO guanjia_app;
