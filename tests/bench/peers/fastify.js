// SPDX-License-Identifier: Apache-2.0
// The server in Fastify and pg, as somebody would write it in a day; README.md says what it leaves out.
import { createHash, randomBytes } from 'node:crypto';

import Fastify from 'fastify';

import { Refusal, inWorkers, newPool, tlsOptions, whoAsks } from './common.js';
import { ACCEPT, APPLIED, GET, LIST, SUBMIT, handlerOf, pairsOf, readerOf, staffOf } from './complaint.js';

const TRIES = 10;
const pool = newPool();
const app = Fastify({ https: tlsOptions(), logger: false });

// With a schema Fastify writes JSON by code that it has generated for it.
const uuid = { type: 'string', pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' };
const text = { type: ['string', 'null'] };
const number = { type: ['integer', 'null'] };
const flag = { type: 'boolean' };
const listed = {
  type: 'object',
  properties: {
    community_id: text, complaint_id: text, number: text, version: number, kind: number, state: number,
    channel: number, urgency: number, title: text, submitted_at: text, team_id: text, crew_id: text,
    window_from: text, window_to: text, arrived_at: text, work_done_at: text, result: text, ended_at: text,
    rating: number, changed_at: text, place_id: text, place_kind: number, place_code: text, place_name: text,
    category: number, is_suggested: flag, subkind: number, reporter: number, language: number, lead: number,
    worker_id: text, worker_name: text, state_before: number, suspend_reason: number, suspended_until: text,
    master_id: text, accepted_at: text, pending_at: text, close_mode: number, follow_up_score: number,
    followed_up_at: text, receipt_id: text, reopened_count: number, respondent_id: text,
  },
};
const whole = {
  type: 'object',
  properties: { ...listed.properties, body: text, advice: text, answer: text, has_contact: flag },
};

async function query(statement, values) {
  return (await pool.query({ ...statement, values })).rows;
}

app.get('/communities/:community/complaints/:complaint', {
  schema: {
    params: { type: 'object', properties: { community: uuid, complaint: uuid } },
    response: { 200: whole },
  },
}, async (request) => {
  const { community, complaint } = request.params;
  const grants = await whoAsks(pool, request.headers.authorization, community);
  const [row] = await query(GET, [community, complaint]);
  if (row === undefined || readerOf(grants, row.team_id) === undefined) {
    throw new Refusal(404, 'there is no such thing, or not for this person');
  }
  return row;
});

app.get('/communities/:community/teams/:team/complaints', {
  schema: {
    params: { type: 'object', properties: { community: uuid, team: uuid } },
    querystring: { type: 'object', properties: { limit: { type: 'integer', minimum: 1, maximum: 200, default: 50 } } },
    response: { 200: { type: 'array', items: listed } },
  },
}, async (request) => {
  const { community, team } = request.params;
  const grants = await whoAsks(pool, request.headers.authorization, community);
  if (readerOf(grants, team) === undefined) {
    throw new Refusal(404, 'there is no such thing, or not for this person');
  }
  return query(LIST, [community, team, request.query.limit]);
});

function hashOf(request) {
  return createHash('sha256').update(request.url).update(JSON.stringify(request.body)).digest();
}

// What the key was answered before; undefined where it is new.
async function storedReply(community, account, key, hash) {
  const [row] = await query(APPLIED, [community, account, key]);
  if (row !== undefined && !row.request_hash.equals(hash)) {
    throw new Refusal(409, 'this key came before with another request');
  }
  return row;
}

app.post('/communities/:community/complaints', {
  schema: {
    params: { type: 'object', properties: { community: uuid } },
    body: {
      type: 'object',
      required: ['id', 'kind', 'channel', 'place_id', 'text'],
      properties: {
        id: uuid, kind: { type: 'integer', minimum: 1, maximum: 8 }, channel: { type: 'integer', minimum: 1, maximum: 6 },
        place_id: uuid, title: { type: 'string', maxLength: 200 }, text: { type: 'string', minLength: 1, maxLength: 8000 },
        contact_name: { type: 'string', maxLength: 100 }, contact_phone: { type: 'string', maxLength: 20 },
      },
    },
  },
}, async (request, answer) => {
  const { community } = request.params;
  const { body } = request;
  const grants = await whoAsks(pool, request.headers.authorization, community);
  const grant = staffOf(grants);
  if (grant === undefined) {
    throw new Refusal(404, 'there is no such thing, or not for this person');
  }
  const hash = hashOf(request);
  const words = `${body.title ?? ''}\n${body.text}`.normalize('NFKC').toLowerCase();
  const values = [community, body.id, grant.account_id, body.id, hash, Buffer.from(body.id), grant.device_id,
    grant.grant_id, body.kind, body.channel, body.title, body.text, body.place_id, words, pairsOf(words),
    Buffer.from(body.contact_name ?? ''), Buffer.from(body.contact_phone ?? ''), randomBytes(32), '您的诉求已登记，编号 '];
  // Zero rows: the key is there already, or somebody took the day's next number in the same moment.
  for (let i = 0; i < TRIES; i += 1) {
    const [row] = await query(SUBMIT, values);
    if (row !== undefined) {
      return answer.code(201).send({ complaint_id: body.id, version: 1, number: row.number, team_id: row.team_id });
    }
    const stored = await storedReply(community, grant.account_id, body.id, hash);
    if (stored !== undefined) {
      return { complaint_id: body.id, version: 1, number: stored.minted };
    }
  }
  throw new Refusal(503, 'too much is going on');
});

app.post('/communities/:community/complaints/:complaint/accept', {
  schema: {
    params: { type: 'object', properties: { community: uuid, complaint: uuid } },
    body: {
      type: 'object', required: ['key', 'version'], properties: { key: uuid, version: { type: 'integer', minimum: 1 } },
    },
  },
}, async (request) => {
  const { community, complaint } = request.params;
  const { key, version } = request.body;
  const grants = await whoAsks(pool, request.headers.authorization, community);
  const [row] = await query(GET, [community, complaint]);
  const grant = row === undefined ? undefined : handlerOf(grants, row.team_id);
  if (grant === undefined) {
    throw new Refusal(404, 'there is no such thing, or not for this person');
  }
  const hash = hashOf(request);
  if (row.version === version && row.state === 1) {
    const [done] = await query(ACCEPT, [community, complaint, grant.account_id, key, hash, Buffer.from(key),
      grant.device_id, grant.grant_id, version]);
    if (done !== undefined) {
      return { version: done.version };
    }
  }
  if (await storedReply(community, grant.account_id, key, hash) !== undefined) {
    return { version: version + 1 };
  }
  throw new Refusal(409, 'somebody else changed it first');
});

await inWorkers((port) => app.listen({ port, host: '127.0.0.1' }));
