// SPDX-License-Identifier: Apache-2.0
// The statements, each prepared once a connection, and rules about complaints.
const COLUMNS = `c.community_id, c.complaint_id,
  to_char(c.day, 'YYYYMMDD') || '-' || lpad(c.day_no::text, greatest(4, length(c.day_no::text)), '0') AS number,
  c.version, c.kind, c.state, c.channel, c.urgency, c.title, c.submitted_at, c.team_id, c.crew_id, c.window_from,
  c.window_to, c.arrived_at, c.work_done_at, c.result, c.ended_at, c.rating, c.changed_at, c.place_id,
  p.kind AS place_kind, p.code AS place_code, p.name AS place_name, c.category, c.is_suggested, c.subkind,
  c.reporter, c.language, c.lead, c.worker_id, w.name AS worker_name, c.state_before, c.suspend_reason,
  c.suspended_until, c.master_id, c.accepted_at, c.pending_at, c.close_mode, c.follow_up_score,
  c.followed_up_at, c.receipt_id, c.reopened_count, c.respondent_id, c.no_entry_count, c.returned_count, c.repeat_of,
  c.collective_id, c.split_from, c.chased_count, c.chased_at, c.remind_at, c.deadline_at, k.running_due, k.running`;
const NAMES = `LEFT JOIN place p ON p.community_id = c.community_id AND p.place_id = c.place_id
  LEFT JOIN account w ON w.account_id = c.worker_id
  LEFT JOIN complaint_clock k ON k.community_id = c.community_id AND k.complaint_id = c.complaint_id`;
const KEY_IS_NEW = `NOT EXISTS (SELECT FROM applied WHERE community_id = $1 AND account_id = $3 AND key = $4)`;

export const GET = {
  name: 'get',
  text: `SELECT ${COLUMNS}, c.body, c.advice, c.answer, t.wrapped_key IS NOT NULL AS has_contact
    FROM complaint c ${NAMES}
    LEFT JOIN complaint_contact t ON t.community_id = c.community_id AND t.complaint_id = c.complaint_id
    WHERE c.community_id = $1 AND c.complaint_id = $2`,
};
export const LIST = {
  name: 'list',
  text: `SELECT ${COLUMNS} FROM complaint c ${NAMES}
    WHERE c.community_id = $1 AND c.team_id = $2 AND c.is_open
    ORDER BY c.submitted_at DESC, c.complaint_id DESC LIMIT $3`,
};
export const APPLIED = {
  name: 'applied',
  text: 'SELECT request_hash, reply, minted FROM applied WHERE community_id = $1 AND account_id = $2 AND key = $3',
};
// $5 request hash, $6 reply, $7 device, $8 grant, $9 kind, $10 channel, $11 title, $12 text, $13 place,
// $14 words to search, $15 their pairs, $16 $17 contact, $18 code hash, $19 message, $20 what the telephone is found by
export const SUBMIT = {
  name: 'submit',
  text: `WITH n AS (SELECT (now() AT TIME ZONE time_zone)::date AS day FROM community
      WHERE community_id = $1 AND ${KEY_IS_NEW}),
    m AS (SELECT n.day, coalesce((SELECT day_no FROM complaint WHERE community_id = $1 AND day = n.day
      ORDER BY day_no DESC LIMIT 1), 0) + 1 AS day_no,
      (SELECT q.team_id FROM patch q WHERE q.community_id = $1 AND q.place_id IN ($13,
        (SELECT parent_id FROM place WHERE community_id = $1 AND place_id = $13))
        AND q.from_day <= n.day AND n.day < q.to_day ORDER BY q.place_id = $13 DESC LIMIT 1) AS team_id FROM n),
    done AS (INSERT INTO complaint (community_id, complaint_id, day, day_no, version, kind, channel, urgency, state,
        title, body, submitted_at, changed_at, team_id, place_id)
      SELECT $1, $2, day, day_no, 1, $9, $10, 1, 1, $11, $12, now(), now(), team_id, $13 FROM m
      ON CONFLICT DO NOTHING
      RETURNING team_id, to_char(day, 'YYYYMMDD') || '-' || lpad(day_no::text, 4, '0') AS number),
    se AS (INSERT INTO complaint_search (community_id, complaint_id, body, pairs) SELECT $1, $2, $14, $15 FROM done),
    co AS (INSERT INTO complaint_contact (community_id, complaint_id, wrapped_key, name, phone, phone_index)
      SELECT $1, $2, '', $16, $17, $20 FROM done),
    re AS (INSERT INTO receipt (community_id, receipt_id, complaint_id, kind, language, code_hash, body, body_hash,
        text, issued_at) SELECT $1, $2, $2, 1, 1, $18, j.body, sha256(j.body), $19 || number, now() FROM done
      CROSS JOIN LATERAL (SELECT convert_to($19 || number, 'UTF8') AS body) j),
    og AS (INSERT INTO outgoing (community_id, outgoing_id, complaint_id, receipt_id, kind, language, sealed, made_at,
        next_try_at) SELECT $1, $4, $2, $2, 1, 1, convert_to($19 || number, 'UTF8'), now(), now() FROM done),
    ev AS (INSERT INTO event (community_id, at, topic, subject_id, step, state_to, version, account_id, device_id,
        grant_id, number, team_id, receipt_id)
      SELECT $1, now(), 1, $2, 1, 1, 1, $3, $7, $8, number, team_id, $2 FROM done),
    ap AS (INSERT INTO applied (community_id, account_id, key, request_hash, reply, minted, applied_at)
      SELECT $1, $3, $4, $5, $6, number, now() FROM done)
    SELECT number, team_id FROM done`,
};
// $5 request hash, $6 reply, $7 device, $8 grant, $9 version
export const ACCEPT = {
  name: 'accept',
  text: `WITH done AS (UPDATE complaint SET state = 2, version = version + 1, accepted_at = now(), changed_at = now()
      WHERE community_id = $1 AND complaint_id = $2 AND version = $9 AND state = 1 AND ${KEY_IS_NEW}
      RETURNING version, team_id,
        to_char(day, 'YYYYMMDD') || '-' || lpad(day_no::text, 4, '0') AS number),
    ev AS (INSERT INTO event (community_id, at, topic, subject_id, step, state_from, state_to, version, account_id,
        device_id, grant_id, number, team_id)
      SELECT $1, now(), 1, $2, 2, 1, 2, version, $3, $7, $8, number, team_id FROM done),
    ap AS (INSERT INTO applied (community_id, account_id, key, request_hash, reply, applied_at)
      SELECT $1, $3, $4, $5, $6, now() FROM done)
    SELECT version FROM done`,
};

// Roles of role.def: who sees complaints at all, and who takes them on.
const STAFF = new Set([2, 3, 4, 5, 6, 7, 8, 9, 10]);
const HANDLERS = new Set([2, 3, 4, 5, 10]);

// The first grant by which this person may, of those whose area has the team; undefined where there is none.
function grantFor(grants, roles, teamId) {
  return grants.find((grant) => roles.has(grant.role) && (grant.team_id === null || grant.team_id === teamId));
}

export const readerOf = (grants, teamId) => grantFor(grants, STAFF, teamId);
export const handlerOf = (grants, teamId) => grantFor(grants, HANDLERS, teamId);
export const staffOf = (grants) => grants.find((grant) => STAFF.has(grant.role));

// Each two neighbouring characters as one number, as migration 0003 wants them.
export function pairsOf(words) {
  const points = Array.from(words, (character) => character.codePointAt(0));
  const pairs = new Set();

  for (let i = 1; i < points.length; i += 1) {
    pairs.add(points[i - 1] * 2 ** 21 + points[i]);
  }
  return [...pairs];
}
