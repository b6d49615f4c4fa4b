-- SPDX-License-Identifier: Apache-2.0
-- What the questions of lists.csv need of the bench's town beyond town.sql, all of it in the newest, which are open:
-- complaints at every point of their way, with clocks and workers, urgent ones, other kinds and categories, some of no team, many of one telephone, words that few
-- say, and steps that leaders took. Run once, over a town that was loaded.
-- psql's variables: rows, supply, communities.
\set ON_ERROR_STOP on
SET synchronous_commit = off;
SET work_mem = '256MB';
SET jit = off;
SET session_replication_role = replica;
SET timezone = 'UTC';

CREATE FUNCTION pg_temp.id(kind text, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    $$ SELECT (kind || '000000000000' || (1000000000000000000 + number)::text)::uuid $$;
CREATE FUNCTION pg_temp.number(id uuid) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    $$ SELECT right(replace(id::text, '-', ''), 19)::bigint - 1000000000000000000 $$;

-- Of those that are open two in three were closed in the last weeks; the rest stands where it may stand.
CREATE TEMP TABLE lately AS
    SELECT community_id, complaint_id, submitted_at, team_id, place_id, n, n / :communities AS k, n / :communities % 60 AS way,
        least(now(), greatest(submitted_at + interval '1 day', now() - (n / :communities % 28) * interval '1 day')) AS closed_at
    FROM (SELECT community_id, complaint_id, submitted_at, team_id, place_id, pg_temp.number(complaint_id) AS n
        FROM complaint WHERE is_open) x
    WHERE n BETWEEN :rows - :supply AND :rows - 1;
ANALYZE lately;
UPDATE complaint c SET kind = (ARRAY[2, 2, 2, 1, 3, 4])[k % 6 + 1], category = (ARRAY[203, 101, 301, 402, 501, 203, 602])[k / 7 % 7 + 1],
        urgency = CASE WHEN k % 97 = 0 THEN 3 WHEN k % 13 = 0 THEN 2 ELSE 1 END,
        state = CASE WHEN way >= 20 THEN 100 WHEN way < 3 THEN 1 WHEN way < 8 THEN 2 WHEN way < 12 THEN 3 WHEN way < 16 THEN 4
            WHEN way < 18 THEN 6 ELSE 7 END,
        version = CASE WHEN way >= 20 THEN 8 WHEN way < 3 THEN 1 ELSE 2 END,
        accepted_at = CASE WHEN way >= 3 THEN l.submitted_at + interval '20 minutes' END,
        work_done_at = CASE WHEN way >= 20 THEN closed_at - interval '1 hour' END,
        pending_at = CASE WHEN way >= 20 THEN closed_at - interval '30 minutes' WHEN way >= 18 THEN l.submitted_at + interval '3 days' END,
        remind_at = CASE WHEN way = 18 THEN now() + interval '1 day' END,
        ended_at = CASE WHEN way >= 20 THEN closed_at END,
        close_mode = CASE WHEN way >= 20 THEN 1 END,
        worker_id = CASE WHEN way BETWEEN 12 AND 17 THEN pg_temp.id('a', 1000000 + pg_temp.number(l.team_id) * 3 + l.n % 3) END,
        team_id = CASE WHEN way = 2 THEN NULL ELSE c.team_id END
    FROM lately l WHERE c.community_id = l.community_id AND c.complaint_id = l.complaint_id;

-- A clock of each that is open and not with its owner: some have run out, most run for days.
INSERT INTO complaint_clock (community_id, complaint_id, set_no, row_no, from_at, due_at, met_at, fired, provisional,
        paused_us, next_at, running_due, running)
    SELECT community_id, complaint_id, 1, 6, ARRAY[submitted_at, submitted_at, NULL, NULL, submitted_at, submitted_at, NULL],
        ARRAY[due, due, NULL, NULL, due, due, NULL], ARRAY[NULL, NULL, NULL, NULL, NULL, NULL, NULL]::timestamptz[],
        0, 0, 0, due + interval '30 days', due, CASE WHEN way < 3 THEN 2 ELSE 6 END
    FROM (SELECT *, now() + (hashtext(complaint_id::text) % 7200) * interval '1 minute' AS due FROM lately) l
    WHERE way < 18 ORDER BY n
    ON CONFLICT (community_id, complaint_id) DO UPDATE SET running_due = excluded.running_due, running = excluded.running,
        next_at = excluded.next_at;
-- What is with its owner, or over and followed up, has none that runs, whatever the job made of the town's few events.
UPDATE complaint_clock k SET running_due = NULL, running = NULL, next_at = NULL FROM complaint c
    WHERE k.community_id = c.community_id AND k.complaint_id = c.complaint_id AND c.state IN (7, 100, 105)
        AND k.running_due IS NOT NULL;

-- Who accepted them was the team's leader. The job that keeps clocks by events has nothing to do with these.
BEGIN;
INSERT INTO event (community_id, at, topic, subject_id, step, state_from, state_to, version, account_id, device_id, grant_id,
        number, team_id)
    SELECT community_id, submitted_at + interval '20 minutes', 1, complaint_id, 2, 1, 2, 2,
        pg_temp.id('a', 1000000 + pg_temp.number(team_id) * 3), pg_temp.id('9', 1),
        pg_temp.id('6', 1000000000 + pg_temp.number(team_id) * 3), to_char(submitted_at, 'YYYYMMDD') || '-0001', team_id
    FROM lately WHERE way >= 3 ORDER BY n;
UPDATE clock_turn SET turn = turn + 1, xid = pg_current_xact_id(), seq = (SELECT max(seq) FROM event);
COMMIT;

-- A household calls from one telephone: theirs have the index of its oldest.
CREATE TEMP TABLE caller AS
    SELECT DISTINCT ON (l.place_id) l.place_id, s.phone_index
    FROM lately l JOIN complaint_contact s USING (community_id, complaint_id) ORDER BY l.place_id, l.n;
UPDATE complaint_contact s SET phone_index = k.phone_index FROM lately l JOIN caller k USING (place_id)
    WHERE s.community_id = l.community_id AND s.complaint_id = l.complaint_id;

-- 红色三轮车 is said in one of a thousand. Its pairs as server/domain/search.c makes them.
UPDATE complaint_search SET body = body || '红色三轮车',
        pairs = pairs || ARRAY[(ascii('红')::bigint << 21) | ascii('色'), (ascii('色')::bigint << 21) | ascii('三'),
            (ascii('三')::bigint << 21) | ascii('轮'), (ascii('轮')::bigint << 21) | ascii('车')]
    WHERE pg_temp.number(complaint_id) / :communities % 997 = 7;
