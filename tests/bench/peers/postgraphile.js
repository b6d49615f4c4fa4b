// SPDX-License-Identifier: Apache-2.0
// PostGraphile over the same database: its generated schema, the options of production, and who asks looked up once
// a request. README.md says what it leaves out.
import { createServer } from 'node:https';

import { postgraphile } from 'postgraphile';

import { inWorkers, newPool, tlsOptions, whoAsks } from './common.js';

const pool = newPool();

const handler = postgraphile(pool, 'public', {
  graphqlRoute: '/graphql',
  graphiql: false,
  watchPg: false,
  dynamicJson: true,
  setofFunctionsContainNulls: false,
  legacyRelations: 'omit',
  disableQueryLog: true,
  queryCacheMaxSize: 50 * 1024 * 1024,
  extendedErrors: [],
  async additionalGraphQLContextFromRequest(request) {
    await whoAsks(pool, request.headers.authorization, request.headers['x-community']);
    return {};
  },
});

async function serve(port) {
  const server = createServer(tlsOptions(), handler);

  await handler.getGraphQLSchema();
  await new Promise((resolve) => { server.listen(port, '127.0.0.1', resolve); });
}

await inWorkers(serve);
