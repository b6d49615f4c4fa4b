// SPDX-License-Identifier: Apache-2.0
// The server in Fastify and pg, as somebody would write it in a day; README.md says what it leaves out.
import Fastify from 'fastify';

import { Refusal, inWorkers, newPool, tlsOptions, whoAsks } from './common.js';
import { accept, submit } from './command.js';
import { GET, LIST, readerOf } from './complaint.js';

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
    no_entry_count: number, returned_count: number, repeat_of: text, collective_id: text, split_from: text,
    chased_count: number, chased_at: text, remind_at: text, deadline_at: text, running_due: text, running: number,
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
  const grants = await whoAsks(pool, request.headers.authorization, community);
  const done = await submit(pool, grants, community, request.body);
  return answer.code(done.is_new ? 201 : 200).send(done);
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
  const grants = await whoAsks(pool, request.headers.authorization, community);
  return accept(pool, grants, community, { ...request.body, complaint });
});

await inWorkers((port) => app.listen({ port, host: '127.0.0.1' }));
