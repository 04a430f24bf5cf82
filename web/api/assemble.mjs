// Makes the OpenAPI document of the files in this directory. openapi.yaml has what all share, errors.yaml the errors, and
// one file per topic its paths and schemas. They are OpenAPI but for short forms of what most operations have in common:
//
//   limit: lookup              counts in this limit, and in the general one; none: not limited
//   cached: true               goes through the caches: headers that say so, and 304 to a GET
//   public: true               may be kept by anybody: ETag, Cache-Control, 304
//   page: true                 the same, and compressed
//   requestBody: {schema: S}   JSON of schema S, required unless it says otherwise
//   errors: [404]              beside those that every operation can have
//   envelope: [TEXT, S]        (a response) the success envelope: its message, and the schema of its data
//   stale: true                (a response) the envelope may say that it is stale
//   file: T, files: [T, …]     (a response) bytes of one of these media types
//   headers: [H, …]            (a response) headers beside those that such responses have
import { readFile } from 'node:fs/promises';

import { parse } from 'yaml';

const topics = ['members', 'cards', 'batches', 'verification', 'caches', 'health', 'documentation'];
const methods = ['get', 'post', 'delete'];

const limitHeaders = ['X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset', 'RateLimit-Policy', 'RateLimit'];
const cacheHeaders = ['Cache-Control', 'ETag', 'X-Cache', 'X-Cache-Layer', 'Age', 'Cache-Status', 'Server-Timing'];
const publicHeaders = ['Cache-Control', 'ETag'];
const pageHeaders = [...publicHeaders, 'Vary', 'Content-Encoding'];
const everyError = [400, 408, 413, 414, 431, 500, 503];

const responseNames = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  408: 'RequestTimeout',
  409: 'Conflict',
  413: 'ContentTooLarge',
  414: 'UriTooLong',
  415: 'UnsupportedMediaType',
  429: 'TooManyRequests',
  431: 'HeadersTooLarge',
  500: 'InternalServerError',
  503: 'ServiceUnavailable',
};

function refTo(kind, name) {
  return { $ref: `#/components/${kind}/${name}` };
}

function headerRefs(names) {
  return Object.fromEntries(names.map((name) => [name, refTo('headers', name)]));
}

export function slugOf(code) {
  return code.toLowerCase().replaceAll('_', '-');
}

/** Returns what `schema` refers to, its own members over those. */
export function resolve(document, schema) {
  if (!schema.$ref)
    return schema;
  const { $ref, ...own } = schema;
  const target = $ref.slice(2).split('/').reduce((at, name) => at[name], document);
  return { ...resolve(document, target), ...own };
}

/** Returns an example of `schema`, made of those of its parts; what is not required comes only where it has one. */
export function exampleOf(document, schema, required = true) {
  const { examples, const: only, enum: some, type, properties = {}, items, required: needed = [] } = resolve(document, schema);
  if (examples)
    return examples[0];
  if (only !== undefined)
    return only;
  if (type === 'object') {
    const members = Object.entries(properties)
      .map(([name, part]) => [name, exampleOf(document, part, needed.includes(name))])
      .filter(([, value]) => value !== undefined);
    return members.length > 0 ? Object.fromEntries(members) : undefined;
  }
  if (type === 'array')
    return [exampleOf(document, items)];
  return required && some ? some[0] : undefined;
}

function envelopeOf(document, message, schema, canBeStale) {
  const timestamp = refTo('schemas', 'Timestamp');
  const envelope = {
    type: 'object',
    required: ['success', 'message', 'data', 'timestamp'],
    properties: {
      success: { const: true },
      message: { const: message },
      data: refTo('schemas', schema),
      ...(canBeStale && {
        stale: { const: true, description: 'Only where the time of the answer is over.' },
        stale_since: { ...timestamp, description: 'Since when it is.' },
      }),
      timestamp,
    },
  };
  const { stale, stale_since: since, ...example } = exampleOf(document, envelope);
  return { schema: envelope, example };
}

function expandResponse(document, { envelope, stale, file, files = [], headers = [], content = {}, ...rest }, shared) {
  const all = { ...content };
  if (envelope)
    all['application/json'] = envelopeOf(document, ...envelope, stale);
  for (const media of Object.values(content))
    media.example ??= exampleOf(document, media.schema);
  for (const type of file ? [file] : files)
    all[type] = {};
  return {
    ...rest,
    headers: Array.isArray(headers) ? headerRefs([...shared, ...headers]) : { ...headerRefs(shared), ...headers },
    ...(Object.keys(all).length > 0 && { content: all }),
  };
}

function expandOperation(document, path, method, short) {
  const { limit, cached, public: open, page, errors = [], requestBody, responses, parameters = [], ...operation } = short;
  const conditional = method === 'get' && (cached || open || page);
  const shared = [
    'X-Request-Id',
    ...(limit === 'none' ? [] : limitHeaders),
    ...(cached ? cacheHeaders : page ? pageHeaders : open ? publicHeaders : ['Cache-Control']),
  ];
  const needsKey = operation.security.length > 0 && operation.security.every((each) => each.apiKey);
  const statuses = [
    ...everyError, ...errors, ...(needsKey ? [401, 403] : []), ...(limit === 'none' ? [] : [429]), ...(requestBody ? [415] : []),
  ];
  const answers = Object.fromEntries(statuses.map((status) => [status, refTo('responses', responseNames[status])]));
  for (const [status, response] of Object.entries(responses))
    answers[status] = expandResponse(document, response, shared);
  if (conditional)
    answers[304] = expandResponse(document, { description: 'It is what `If-None-Match` names.' }, shared);
  return {
    ...operation,
    'x-limit': limit,
    parameters: [
      ...parameters,
      ...(conditional ? [refTo('parameters', 'ifNoneMatch')] : []),
      ...(cached ? [refTo('parameters', 'debugTiming')] : []),
      refTo('parameters', 'requestId'),
      refTo('parameters', 'traceparent'),
    ],
    ...(requestBody && {
      requestBody: {
        required: requestBody.required ?? true,
        content: {
          'application/json': {
            schema: refTo('schemas', requestBody.schema),
            example: exampleOf(document, refTo('schemas', requestBody.schema)),
          },
        },
      },
    }),
    responses: answers,
  };
}

/** Returns the body of such an error, as of a lookup. */
export function problemExample({ code, status, title, message }) {
  const retryAfter = { 429: 12, 503: 1 }[status];
  return {
    success: false,
    error: {
      code,
      message,
      timestamp: '2026-11-25T08:00:00.000Z',
      path: '/api/v1/optimized-cards/member/*************',
      method: 'GET',
      ...(retryAfter && { retryAfter }),
    },
    type: `/docs/errors/${slugOf(code)}`,
    title,
    status,
    detail: message,
    instance: 'portal-7f3a',
    ...(status === 400 && { errors: [{ pointer: '/idNumber', detail: message }] }),
  };
}

function errorResponses(errors) {
  const responses = {};
  for (const [status, name] of Object.entries(responseNames)) {
    const here = errors.filter((error) => error.status === Number(status));
    responses[name] = {
      description: here.map(({ code, cause }) => `\`${code}\`: ${cause.trim()}`).join('\n\n'),
      headers: headerRefs(['X-Request-Id', 'Cache-Control', ...limitHeaders,
        ...(status === '401' ? ['WWW-Authenticate'] : []), ...(['409', '429', '503'].includes(status) ? ['Retry-After'] : [])]),
      content: {
        'application/problem+json': {
          schema: refTo('schemas', 'Problem'),
          examples: Object.fromEntries(here.map((error) => [error.code, { value: problemExample(error) }])),
        },
      },
    };
  }
  return responses;
}

async function read(name) {
  return parse(await readFile(new URL(`${name}.yaml`, import.meta.url), 'utf8'));
}

/** Returns the document, and the errors with their explanations. */
export async function assemble() {
  const document = await read('openapi');
  const errors = await read('errors');
  document.paths = {};
  Object.assign(document.components.schemas, {
    ErrorCode: { type: 'string', enum: errors.map(({ code }) => code) },
    ErrorSlug: { type: 'string', enum: errors.map(({ code }) => slugOf(code)), examples: ['not-found'] },
  });
  for (const topic of topics) {
    const { paths, components } = await read(topic);
    Object.assign(document.paths, paths);
    for (const [kind, entries] of Object.entries(components ?? {}))
      Object.assign(document.components[kind], entries);
  }
  document.components.responses = errorResponses(errors);
  for (const [path, item] of Object.entries(document.paths))
    for (const method of methods)
      if (item[method])
        item[method] = expandOperation(document, path, method, item[method]);
  return { document, errors };
}
