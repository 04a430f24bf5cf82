// The description of the API by the rules of Redocly (https://redocly.com/docs/cli/rules), all of them errors.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { openapiPath } from './support/contract.mjs';
import { redocly } from './support/packages.mjs';

const rules = {
  'info-license': 'off', // it describes a service, not a thing that one gets a licence of
  'no-ambiguous-paths': 'off', // an id has no dot, so what ends in a format is told from what does not
  'operation-4xx-response': 'error',
  'no-invalid-media-type-examples': 'error',
  'no-invalid-schema-examples': 'error',
  'no-invalid-parameter-examples': 'error',
  'no-undefined-server-variable': 'error',
  'no-unused-components': 'error',
  'operation-description': 'off', // the summary says it where there is no more to say
  'operation-operationId-url-safe': 'error',
  'operation-parameters-unique': 'error',
  'operation-singular-tag': 'error',
  'operation-tag-defined': 'error',
  'path-params-defined': 'error',
  'paths-kebab-case': 'off', // /V and /.well-known are as they are
  'tag-description': 'error',
  'response-contains-header': { severity: 'error', names: { '2xx': ['X-Request-Id', 'Cache-Control'], '4xx': ['X-Request-Id'] } },
  'no-required-schema-properties-undefined': 'error',
};

test('the description of the API is clean', async () => {
  const config = await redocly.createConfig({ extends: ['recommended'], rules });
  const problems = await redocly.lint({ ref: openapiPath, config });
  assert.deepEqual(problems.map(({ ruleId, severity, message, location }) => (
    `${severity} ${ruleId}: ${message} (${location.map(({ pointer }) => pointer).join(', ')})`)), []);
});

test('a fault in it would be found', async () => {
  const config = await redocly.createConfig({ extends: ['recommended'], rules });
  const source = JSON.stringify({
    openapi: '3.1.1',
    info: { title: 'x', version: '1' },
    servers: [{ url: '/' }],
    paths: { '/a/{b}': { get: { operationId: 'x y', responses: { 200: { description: 'y', content: { 'application/json': {
      schema: { type: 'integer' }, example: 'text' } } } } } } },
  });
  const found = (await redocly.lintFromString({ source, config })).map(({ ruleId }) => ruleId);
  for (const rule of ['security-defined', 'operation-operationId-url-safe', 'path-params-defined', 'no-invalid-media-type-examples'])
    assert.ok(found.includes(rule), `${rule} is not among ${found}`);
});
