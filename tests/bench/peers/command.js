// SPDX-License-Identifier: Apache-2.0
// The two commands of both peers. `client` is a pool or a connection, `grants` are those of whoever asks.
import { createHash, randomBytes } from 'node:crypto';

import { Refusal } from './common.js';
import { ACCEPT, APPLIED, GET, SUBMIT, handlerOf, pairsOf, staffOf } from './complaint.js';

const TRIES = 10;

async function query(client, statement, values) {
  return (await client.query({ ...statement, values })).rows;
}

function hashOf(name, community, request) {
  return createHash('sha256').update(name).update(community).update(JSON.stringify(request)).digest();
}

// What the key was answered before; undefined where it is new.
async function storedReply(client, community, account, key, hash) {
  const [row] = await query(client, APPLIED, [community, account, key]);
  if (row !== undefined && !row.request_hash.equals(hash)) {
    throw new Refusal(409, 'this key came before with another request');
  }
  return row;
}

// {id, kind, channel, place_id, title?, text, contact_name?, contact_phone?}; the id is the key too.
export async function submit(client, grants, community, request) {
  const grant = staffOf(grants);
  if (grant === undefined) {
    throw new Refusal(404, 'there is no such thing, or not for this person');
  }
  const hash = hashOf('submit', community, request);
  const words = `${request.title ?? ''}\n${request.text}`.normalize('NFKC').toLowerCase();
  const values = [community, request.id, grant.account_id, request.id, hash, Buffer.from(request.id), grant.device_id,
    grant.grant_id, request.kind, request.channel, request.title, request.text, request.place_id, words,
    pairsOf(words), Buffer.from(request.contact_name ?? ''), Buffer.from(request.contact_phone ?? ''),
    randomBytes(32), '您的诉求已登记，编号 ', createHash('sha256').update(request.contact_phone ?? '').digest()];
  // Zero rows: the key is there already, or somebody took the day's next number in the same moment.
  for (let i = 0; i < TRIES; i += 1) {
    const [row] = await query(client, SUBMIT, values);
    if (row !== undefined) {
      return { complaint_id: request.id, version: 1, number: row.number, team_id: row.team_id, is_new: true };
    }
    const stored = await storedReply(client, community, grant.account_id, request.id, hash);
    if (stored !== undefined) {
      return { complaint_id: request.id, version: 1, number: stored.minted, is_new: false };
    }
  }
  throw new Refusal(503, 'too much is going on');
}

// {complaint, key, version}
export async function accept(client, grants, community, request) {
  const { complaint, key, version } = request;
  const [row] = await query(client, GET, [community, complaint]);
  const grant = row === undefined ? undefined : handlerOf(grants, row.team_id);
  if (grant === undefined) {
    throw new Refusal(404, 'there is no such thing, or not for this person');
  }
  const hash = hashOf('accept', community, request);
  if (row.version === version && row.state === 1) {
    const [done] = await query(client, ACCEPT, [community, complaint, grant.account_id, key, hash, Buffer.from(key),
      grant.device_id, grant.grant_id, version]);
    if (done !== undefined) {
      return { version: done.version };
    }
  }
  if (await storedReply(client, community, grant.account_id, key, hash) !== undefined) {
    return { version: version + 1 };
  }
  throw new Refusal(409, 'somebody else changed it first');
}
