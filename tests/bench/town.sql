-- SPDX-License-Identifier: Apache-2.0
-- The bench's town, by numbers (tests/bench/number.h): who works there, its places, and its complaints of a year.
-- psql's variables: communities, rows, supply; near: the newest so many are of the twenty dwellings of each team that are
-- asked about, those before them of seventy others; wordy: the newest so many have receipts and messages; known: the newest
-- so many have contacts, can be searched for, and have their whole history.
-- The table bench_words (number, title, body, found, pairs) was filled before.
--
-- Complaint n is of community n % communities; what is left of n gives team and dwelling. The newest `supply` are
-- SUBMITTED; all others were closed and archived long ago.
\set ON_ERROR_STOP on
SET synchronous_commit = off;
SET maintenance_work_mem = '1GB';
SET work_mem = '256MB';
SET jit = off;
SET session_replication_role = replica;  -- what is made here refers to what is made here
SET timezone = 'UTC';

CREATE FUNCTION pg_temp.id(kind text, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    $$ SELECT (kind || '000000000000' || (1000000000000000000 + number)::text)::uuid $$;

INSERT INTO community (community_id, name, time_zone, contact, created_at)
    SELECT pg_temp.id('c', c), '云杉苑' || c || '期', 'Asia/Shanghai', '客服中心 010-5550' || lpad(c::text, 4, '0'),
        now() - interval '2 years'
    FROM generate_series(0, :communities - 1) c;
INSERT INTO team (community_id, team_id, name, created_at)
    SELECT pg_temp.id('c', c), pg_temp.id('7', c * 5 + t), '管家' || (t + 1) || '组', now() - interval '2 years'
    FROM generate_series(0, :communities - 1) c, generate_series(0, 4) t;

-- A building and its entrance for each team, ninety dwellings behind it.
INSERT INTO place (community_id, place_id, kind, code, name, parent_id, created_at)
    SELECT pg_temp.id('c', c), pg_temp.id('b', c * 1000 + t * 100 + p),
        CASE p WHEN 0 THEN 1 WHEN 1 THEN 2 ELSE 3 END,
        CASE p WHEN 0 THEN (t + 1)::text WHEN 1 THEN (t + 1) || '-1'
            ELSE (t + 1) || '-1-' || ((p - 10) / 4 + 1) || '0' || ((p - 10) % 4 + 1) END,
        CASE p WHEN 0 THEN (t + 1) || '号楼' END,
        CASE p WHEN 0 THEN NULL WHEN 1 THEN pg_temp.id('b', c * 1000 + t * 100)
            ELSE pg_temp.id('b', c * 1000 + t * 100 + 1) END,
        now() - interval '2 years'
    FROM generate_series(0, :communities - 1) c, generate_series(0, 4) t,
        (SELECT 0 AS p UNION ALL SELECT 1 UNION ALL SELECT generate_series(10, 99)) p;
INSERT INTO patch (community_id, patch_id, place_id, team_id, from_day, created_at)
    SELECT pg_temp.id('c', c), pg_temp.id('5', c * 5 + t), pg_temp.id('b', c * 1000 + t * 100 + 1),
        pg_temp.id('7', c * 5 + t), current_date - 700, now() - interval '2 years'
    FROM generate_series(0, :communities - 1) c, generate_series(0, 4) t;

-- The load's persons: managers who share the communities among 8, and among 64. Their tokens are their ids, twice.
CREATE TEMP TABLE person AS
    SELECT g * 1000 + p AS number, g, p FROM unnest(ARRAY[8, 64]) g, generate_series(0, g - 1) p;
INSERT INTO device (device_id, name, created_at) VALUES (pg_temp.id('9', 1), '前台电脑', now());
INSERT INTO account (account_id, login, name, password, state, version, created_at, changed_at)
    SELECT pg_temp.id('a', number), 'bench-' || number, '古丽娜尔·买买提', '-', 1, 1, now(), now() FROM person;
INSERT INTO session (token_hash, account_id, device_id, started_at, seen_at, ends_at)
    SELECT sha256(decode(repeat(replace(pg_temp.id('a', number)::text, '-', ''), 2), 'hex')),
        pg_temp.id('a', number), pg_temp.id('9', 1), now(), now(), now() + interval '30 days' FROM person;
INSERT INTO access_grant (grant_id, account_id, role, scope, community_id, valid_from, valid_to, version,
        granted_by, created_at)
    SELECT pg_temp.id('6', number * 1000 + c), pg_temp.id('a', number), 2, 2, pg_temp.id('c', c),
        now() - interval '1 year', 'infinity', 1, pg_temp.id('a', 8000), now() - interval '1 year'
    FROM person, generate_series(0, :communities - 1) c WHERE c % g = p;

-- And those who do the work: a leader, a cleaner and a guard a team.
INSERT INTO account (account_id, login, name, password, state, version, created_at, changed_at)
    SELECT pg_temp.id('a', 1000000 + a), 'staff-' || a, '员工' || a, '-', 1, 1, now(), now()
    FROM generate_series(0, :communities * 15 - 1) a;
INSERT INTO access_grant (grant_id, account_id, role, scope, community_id, team_id, valid_from, valid_to, version,
        granted_by, created_at)
    SELECT pg_temp.id('6', 1000000000 + a), pg_temp.id('a', 1000000 + a), (ARRAY[4, 7, 8])[a % 3 + 1], 3,
        pg_temp.id('c', a / 15), pg_temp.id('7', a / 3), now() - interval '1 year', 'infinity', 1,
        pg_temp.id('a', 8000), now() - interval '1 year'
    FROM generate_series(0, :communities * 15 - 1) a;
UPDATE rights_epoch SET epoch = epoch + 1;

-- Indexes that are no constraint's are made anew behind the rows.
CREATE TEMP TABLE later AS
    SELECT i.indexname, i.indexdef FROM pg_indexes i WHERE i.schemaname = 'public'
        AND i.tablename IN ('complaint', 'complaint_search', 'complaint_contact', 'event', 'applied', 'receipt',
            'outgoing')
        AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexname::regclass);
SELECT format('DROP INDEX %I', indexname) FROM later \gexec

CREATE TEMP TABLE matter AS
    SELECT n, n % :communities AS c, n / :communities % 5 AS t, CASE WHEN n < :rows - :near THEN 20 + n / :communities / 5 % 70
            ELSE n / :communities / 5 % 20 END AS d,
        n < :rows - :supply AS is_over,
        (n / :communities * 7 + n) % (SELECT count(*) FROM bench_words) AS w,
        now() - (:rows - n) * (interval '365 days' / :rows) AS at
    FROM generate_series(0::bigint, :rows - 1) n;
ANALYZE matter;
INSERT INTO complaint (community_id, complaint_id, day, day_no, version, kind, channel, urgency, state, title, body,
        submitted_at, changed_at, team_id, arrived_at, work_done_at, result, ended_at, rating, place_id, category,
        is_suggested, accepted_at, pending_at, close_mode, archive_hash)
    SELECT pg_temp.id('c', c), pg_temp.id('e', n), (at AT TIME ZONE 'Asia/Shanghai')::date,
        row_number() OVER (PARTITION BY c, (at AT TIME ZONE 'Asia/Shanghai')::date ORDER BY n), CASE WHEN is_over THEN 9 ELSE 1 END,
        2, 1, 1, CASE WHEN is_over THEN 105 ELSE 1 END, x.title, x.body, at,
        CASE WHEN is_over THEN at + interval '20 days' ELSE at END, pg_temp.id('7', c * 5 + t),
        CASE WHEN is_over THEN at + interval '1 day' END, CASE WHEN is_over THEN at + interval '25 hours' END,
        CASE WHEN is_over THEN '已更换损坏的阀门，试水正常，现场已清理干净。' END,
        CASE WHEN is_over THEN at + interval '2 days' END, CASE WHEN is_over THEN 5 END,
        pg_temp.id('b', c * 1000 + t * 100 + 10 + d), (ARRAY[203, 101, 301, 402, 501, 203, 602])[n / :communities / 7 % 7 + 1], true, CASE WHEN is_over THEN at + interval '1 hour' END,
        CASE WHEN is_over THEN at + interval '26 hours' END, CASE WHEN is_over THEN 1 END,
        CASE WHEN is_over THEN sha256('') END
    FROM matter JOIN bench_words x ON x.number = w ORDER BY n;
INSERT INTO complaint_search (community_id, complaint_id, body, pairs)
    SELECT pg_temp.id('c', c), pg_temp.id('e', n), x.found, x.pairs
    FROM matter JOIN bench_words x ON x.number = w WHERE n >= :rows - :known ORDER BY n;
-- What is open has its clocks, none of which runs out for a week. The job that follows the events sees these
-- together with the clocks, and begins behind them.
BEGIN;
INSERT INTO complaint_clock (community_id, complaint_id, set_no, row_no, from_at, due_at, met_at, fired, provisional,
        paused_us, next_at, running_due, running)
    SELECT pg_temp.id('c', c), pg_temp.id('e', n), 1, 6, ARRAY[at, at, NULL, NULL, at, at, NULL],
        ARRAY[at, at, NULL, NULL, soon, soon + interval '8 days', NULL],
        ARRAY[at, at, NULL, NULL, NULL, NULL, NULL]::timestamptz[], 0, 0, 0, soon, soon, 5
    FROM matter CROSS JOIN (SELECT now() + interval '8 days' AS soon) d WHERE NOT is_over ORDER BY n;
INSERT INTO event (community_id, at, topic, subject_id, step, state_from, state_to, version, account_id, device_id,
        grant_id, number, team_id)
    SELECT pg_temp.id('c', c), at + s.after, 1, pg_temp.id('e', n), s.step, s.state_from, s.state_to, s.version,
        pg_temp.id('a', 8000 + c % 8), pg_temp.id('9', 1), pg_temp.id('6', (8000 + c % 8) * 1000 + c),
        to_char(at, 'YYYYMMDD') || '-0001', pg_temp.id('7', c * 5 + t)
    FROM matter JOIN (VALUES (1, NULL, 1, 1, interval '0'), (2, 1, 2, 2, interval '1 hour'),
        (8, 7, 100, 8, interval '2 days')) s (step, state_from, state_to, version, after)
        ON s.version = 1 OR (is_over AND n >= :rows - :known)
    ORDER BY n, s.version;
UPDATE clock_turn SET turn = turn + 1, era = feed_era_now(), xid = e.xid, seq = e.seq
    FROM (SELECT xid, seq FROM event ORDER BY xid DESC, seq DESC LIMIT 1) e;
COMMIT;
INSERT INTO applied (community_id, account_id, key, request_hash, reply, minted, applied_at)
    SELECT pg_temp.id('c', c), pg_temp.id('a', 8000 + c % 8), pg_temp.id('e', n), sha256(n::text::bytea),
        decode(repeat('00', 48), 'hex'), to_char(at, 'YYYYMMDD') || '-0001', at
    FROM matter ORDER BY n;
INSERT INTO receipt (community_id, receipt_id, complaint_id, kind, language, code_hash, body, body_hash, text,
        issued_at)
    SELECT pg_temp.id('c', c), pg_temp.id('e', n), pg_temp.id('e', n), 1, 1, sha256(n::text::bytea), b.body,
        sha256(b.body), x.body || repeat('；请妥善保管本回执。', 8), at
    FROM matter JOIN bench_words x ON x.number = w
        CROSS JOIN LATERAL (SELECT convert_to(x.body || repeat('{"language":"zh"}', 20) || n, 'UTF8') AS body) b
    WHERE n >= :rows - :wordy ORDER BY n;
INSERT INTO outgoing (community_id, outgoing_id, complaint_id, receipt_id, kind, language, made_at, next_try_at,
        try_count, sent_at)
    SELECT pg_temp.id('c', c), pg_temp.id('1', n), pg_temp.id('e', n), pg_temp.id('e', n), 1, 1, at, at, 1, greatest(at, now() - interval '20 days')
    FROM matter WHERE n >= :rows - :wordy ORDER BY n;
\copy complaint_contact from pstdin
SELECT indexdef FROM later \gexec
