// SPDX-License-Identifier: Apache-2.0
// What both peers need: who is asking, where the database is, TLS, and processes. `run` starts them with
//
//     PGHOST PGPORT PGDATABASE PGUSER PGOPTIONS   as libpq has them
//     PEER_PORT PEER_KEY PEER_CERT                where to listen, PEM files
//     PEER_WORKERS PEER_POOL                      processes, and database connections of each
import cluster from 'node:cluster';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import pg from 'pg';

// Times go out as PostgreSQL writes them: nobody here computes with them.
pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, (text) => text);
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);

export function newPool() {
  return new pg.Pool({ max: Number(process.env.PEER_POOL), idleTimeoutMillis: 0 });
}

export function tlsOptions() {
  return {
    key: readFileSync(process.env.PEER_KEY),
    cert: readFileSync(process.env.PEER_CERT),
    minVersion: 'TLSv1.3',
  };
}

// One query a request: the session, and what it may in this community. Role numbers are those of role.def.
const SESSION = {
  name: 'session',
  text: `SELECT s.account_id, s.device_id, g.grant_id, g.role, g.team_id
    FROM session s JOIN account a USING (account_id) JOIN device d USING (device_id)
    LEFT JOIN access_grant g ON g.account_id = s.account_id AND (g.scope = 1 OR g.community_id = $2)
      AND g.valid_from <= now() AND now() < g.valid_to
    WHERE s.token_hash = $1 AND s.ended_at IS NULL AND now() < s.ends_at AND d.revoked_at IS NULL AND a.state = 1`,
};

export class Refusal extends Error {
  constructor(statusCode, message) {
    super(message);
    this.statusCode = statusCode;
  }
}

export async function whoAsks(pool, authorization, communityId) {
  if (authorization === undefined || !authorization.startsWith('Bearer ')) {
    throw new Refusal(401, 'log in first');
  }
  const hash = createHash('sha256').update(authorization.slice(7)).digest();
  const { rows } = await pool.query({ ...SESSION, values: [hash, communityId] });
  if (rows.length === 0) {
    throw new Refusal(401, 'the session has ended');
  }
  return rows;
}

// Starts `serve` in as many processes as wanted; one means this one. Says "ready" when all of them listen.
export async function inWorkers(serve) {
  const count = Number(process.env.PEER_WORKERS);

  if (count === 1 || cluster.isWorker) {
    await serve(Number(process.env.PEER_PORT));
    if (count === 1) {
      console.log('ready');
    }
    return;
  }
  let listening = 0;
  cluster.on('listening', () => {
    listening += 1;
    if (listening === count) {
      console.log('ready');
    }
  });
  cluster.on('exit', () => process.exit(1));
  process.on('SIGTERM', () => process.exit(0));
  for (let i = 0; i < count; i += 1) {
    cluster.fork();
  }
}
