// Requests made from the description of the API, and a stricter form of it.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

export const openapiPath = fileURLToPath(new URL('../../../web/dist/api/openapi.json', import.meta.url));
export const openapi = JSON.parse(await readFile(openapiPath, 'utf8'));

function resolve(part) {
  return part.$ref ? part.$ref.slice(2).split('/').reduce((at, name) => at[name], openapi) : part;
}

/** Returns the description with every object closed: a member that it does not name is a fault, too. */
export function closed() {
  return JSON.stringify(openapi, (_, part) => (
    part?.type === 'object' && part.properties ? { ...part, additionalProperties: false } : part));
}

/** All operations: {id, method, path, parameters, body, scope, limited, statuses}. */
export const operations = Object.entries(openapi.paths).flatMap(([path, item]) => Object.entries(item).map(([method, operation]) => ({
  id: operation.operationId,
  method: method.toUpperCase(),
  path,
  parameters: operation.parameters.map(resolve),
  body: operation.requestBody?.content['application/json'].example,
  scope: operation.security.every((each) => each.apiKey) ? operation.security[0]?.apiKey[0] : undefined,
  limited: operation['x-limit'] !== 'none',
  conditional: operation.responses[304] !== undefined,
  statuses: Object.keys(operation.responses).map(Number),
})));

/** Returns the example request of an operation, `values` in the place of its parameters' examples. */
export function exampleOf({ method, path, parameters, body }, values = {}) {
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => {
    const { schema } = parameters.find((each) => each.name === name);
    const { examples } = resolve(schema);
    return values[name] ?? examples[0];
  });
  return {
    method,
    path: filled,
    headers: body ? { 'Content-Type': 'application/json' } : {},
    body: body && JSON.stringify({ ...body, ...values.body }),
  };
}
