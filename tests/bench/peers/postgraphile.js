// SPDX-License-Identifier: Apache-2.0
// PostGraphile over the same database: its generated schema, the two commands as mutations of its own, the options of
// production, and who asks looked up once a request. README.md says what it leaves out.
import { createServer } from 'node:https';

import { gql, makeExtendSchemaPlugin } from 'graphile-utils';
import { postgraphile } from 'postgraphile';

import { accept, submit } from './command.js';
import { inWorkers, newPool, tlsOptions, whoAsks } from './common.js';

const pool = newPool();

// A generated mutation writes one row; what has to be written together is a resolver's, in the mutation's transaction.
const commands = makeExtendSchemaPlugin(() => ({
  typeDefs: gql`
    input SubmitInput {
      id: UUID!, kind: Int!, channel: Int!, place_id: UUID!, title: String, text: String!, contact_name: String,
      contact_phone: String
    }
    input AcceptInput { complaint: UUID!, key: UUID!, version: Int! }
    type Submitted { complaint_id: UUID!, version: Int!, number: String!, team_id: UUID }
    type Accepted { version: Int! }
    extend type Mutation {
      submit(community: UUID!, input: SubmitInput!): Submitted
      accept(community: UUID!, input: AcceptInput!): Accepted
    }
  `,
  resolvers: {
    Mutation: {
      submit: (_query, { community, input }, { pgClient, grants }) => submit(pgClient, grants, community, input),
      accept: (_query, { community, input }, { pgClient, grants }) => accept(pgClient, grants, community, input),
    },
  },
}));

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
  appendPlugins: [commands],
  async additionalGraphQLContextFromRequest(request) {
    return { grants: await whoAsks(pool, request.headers.authorization, request.headers['x-community']) };
  },
});

async function serve(port) {
  const server = createServer(tlsOptions(), handler);

  await handler.getGraphQLSchema();
  await new Promise((resolve) => { server.listen(port, '127.0.0.1', resolve); });
}

await inWorkers(serve);
