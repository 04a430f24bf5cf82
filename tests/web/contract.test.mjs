// The running program against the description of its API: requests made from the description go through Prism, which
// compares requests and answers with it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { closed, exampleOf, openapi, operations } from './support/contract.mjs';
import { faultsIn, Prism } from './support/prism.mjs';
import { eventually, Service } from './support/service.mjs';

// So that what is tested is not refused for being asked too often; the headers are there all the same.
const ample = {
  RATE_LIMIT_GENERAL: '100000',
  RATE_LIMIT_MEMBER_LOOKUP: '100000',
  RATE_LIMIT_CARD_GENERATION: '100000',
  RATE_LIMIT_BULK: '100000',
  TESSERA_GUESSING_MISSES: '0',
  TESSERA_GUESSING_DISTINCT: '0',
  TESSERA_GUESSING_RUN: '0',
};
const noMember = '999999999';
const scopes = ['lookup', 'issue', 'batch', 'verify', 'operate'];
const byId = new Map(operations.map((each) => [each.id, each]));
const seen = new Set();

let directory;
let document;
let service;
let strict; // finds fault with requests, too
let lenient;
let key;
let members; // ids of active members, who joined last first, so that theirs have not expired
let member;
let token;
let batchId; // of one that is done

function keyFor(scope) {
  return { Authorization: `Bearer ${key[scope ?? 'lookup']}` };
}

/** Asks through Prism; the answer must be as described and have that status. */
async function ask(proxy, operation, request, status) {
  const answer = await fetch(`${proxy.origin}${request.path}`, {
    method: request.method,
    headers: { Accept: '*/*', ...request.headers },
    body: request.body,
  });
  const body = await answer.text();
  const what = `${operation.id}: ${request.method} ${request.path}`;
  assert.deepEqual(faultsIn(answer.status, body), [], what);
  assert.equal(answer.status, status, `${what}: ${body.slice(0, 300)}`);
  seen.add(`${operation.id} ${status}`);
  return { headers: answer.headers, json: /json/.test(answer.headers.get('content-type')) ? JSON.parse(body) : undefined };
}

/** The values of examples that exist in this store. */
function existing(operation) {
  const bodies = {
    lookUpMember: { id_number: service.exampleIdNumber },
    generateCards: { member_ids: [member, noMember, 'x'], custom_expiry: null },
    generateCardData: { custom_expiry: null },
    generateCardPdf: { custom_expiry: null },
    verifyCard: { card_data: token },
    clearMember: { id_number: service.exampleIdNumber },
    openBatch: { member_ids: [member, noMember, 'x'], custom_expiry: null },
  };
  return { idNumber: service.exampleIdNumber, memberId: member, batchId, body: bodies[operation.id] };
}

function good(operation, values = {}) {
  const request = exampleOf(operation, { ...existing(operation), ...values });
  return { ...request, headers: { ...request.headers, ...(operation.scope && keyFor(operation.scope)) } };
}

/** Has a batch made, and waits until it is done. */
async function openBatch(name) {
  const operation = byId.get('openBatch');
  const request = good(operation);
  request.headers['Idempotency-Key'] = name;
  const { headers, json } = await ask(strict, operation, request, 202);
  await eventually(async () => {
    const state = await fetch(`${service.origin}${headers.get('location')}`, { headers: keyFor('batch') });
    return (await state.json()).data.state === 'done';
  }, 'the batch is done');
  return { id: json.data.batch_id, request };
}

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tessera-contract-'));
  document = join(directory, 'openapi.json');
  await writeFile(document, closed());
  service = await Service.start(ample);
  key = {};
  for (const scope of scopes)
    key[scope] = await service.newKey(scope);
  await eventually(async () => (await fetch(`${service.origin}/api/v1/health/detailed`)).status === 401, 'keys are taken');
  [strict, lenient] = await Promise.all([true, false].map((checks) => Prism.start(document, service.origin, checks)));
  const batch = await fetch(`${service.origin}/api/v1/optimized-cards/batch-generate`, {
    method: 'POST',
    headers: { ...keyFor('batch'), 'Content-Type': 'application/json' },
    body: JSON.stringify({ issued_by: 'test', member_ids: Array.from({ length: 100 }, (_, index) => String(200 - index)) }),
  });
  members = (await batch.json()).data.results.filter(({ success }) => success).map(({ memberId }) => memberId);
  [member] = members;
  const card = await fetch(`${service.origin}/api/v1/cards/${member}.json`, { headers: keyFor('issue') });
  token = (await card.json()).data.token;
  batchId = (await openBatch('setup')).id;
});

after(async () => {
  await Promise.all([strict?.stop(), lenient?.stop()]);
  await service?.stop();
  await rm(directory, { recursive: true });
});

test('every operation answers its example as it is described', async (t) => {
  for (const operation of operations) {
    await t.test(operation.id, async () => {
      const { headers } = await ask(strict, operation, good(operation, { memberId: members[1] }), operation.statuses.includes(202) ? 202 : 200);
      assert.equal(headers.has('x-ratelimit-limit'), operation.limited);
      if (!operation.conditional)
        return;
      // Again if it has changed meanwhile, as the list of revocations may have.
      await eventually(async () => {
        const again = good(operation, { memberId: members[1] });
        const first = await ask(strict, operation, again, 200);
        again.headers['If-None-Match'] = first.headers.get('etag');
        return ask(strict, operation, again, 304);
      }, 'it is not sent again');
    });
  }
});

test('what has several formats comes in each', async () => {
  const byEnding = byId.get('getCardAs');
  const byAccept = byId.get('getCard');
  const types = { json: 'application/json', pdf: 'application/pdf', svg: 'image/svg+xml', png: 'image/png' };
  for (const [format, type] of Object.entries(types)) {
    const first = await ask(strict, byEnding, good(byEnding, { format }), 200);
    assert.ok(first.headers.get('content-type').startsWith(type));
    const request = good(byAccept);
    request.headers.Accept = type;
    const second = await ask(strict, byAccept, request, 200);
    assert.ok(second.headers.get('content-type').startsWith(type));
  }
  for (const file of ['icon.svg', 'licenses.txt', 'manifest.webmanifest', 'page.css', 'page.js', 'qr_worker.js', 'sw.js'])
    await ask(strict, byId.get('getVerifyPageFile'), good(byId.get('getVerifyPageFile'), { file }), 200);
  for (const file of ['icon.svg', 'page.css', 'page.js'])
    await ask(strict, byId.get('getDocsFile'), good(byId.get('getDocsFile'), { file }), 200);
  const errorPage = byId.get('getErrorPage');
  for (const error of openapi.components.schemas.ErrorSlug.enum) {
    for (const accept of ['text/html', 'text/plain']) {
      const request = good(errorPage, { error });
      request.headers.Accept = accept;
      const { headers } = await ask(strict, errorPage, request, 200);
      assert.ok(headers.get('content-type').startsWith(accept));
    }
  }
});

test('verification says of every card what it is', async () => {
  const operation = byId.get('verifyCard');
  const outcome = async (presented, headers) => {
    const request = good(operation, { body: { card_data: presented } });
    return (await ask(strict, operation, { ...request, headers: { ...request.headers, ...headers } }, 200)).json.data;
  };
  const initials = await outcome(token);
  assert.equal(initials.valid, true);
  const named = await outcome(token, keyFor('verify'));
  assert.notEqual(named.member_info.name, initials.member_info.name);
  const reason = async (presented) => (await outcome(presented)).verification_details.reason;
  assert.equal(await reason('nonsense'), 'malformed');
  assert.equal(await reason('{"card_number":"1"}'), 'unsigned_data');
  const [, , other] = members;
  const card = await ask(strict, byId.get('getCard'), good(byId.get('getCard'), { memberId: other }), 200);
  await ask(strict, byId.get('reissueCard'), good(byId.get('reissueCard'), { memberId: other }), 200);
  await eventually(async () => await reason(card.json.data.token) === 'superseded', 'a reissued card is superseded');
  await ask(strict, byId.get('revokeCard'), good(byId.get('revokeCard'), { memberId: other }), 200);
  await eventually(async () => await reason(card.json.data.token) === 'revoked', 'a revoked card is revoked');
});

test('a batch is not opened twice, as it is described', async () => {
  const operation = byId.get('openBatch');
  const { id, request } = await openBatch('once');
  const { headers, json } = await ask(strict, operation, request, 200);
  assert.equal(headers.get('idempotency-replayed'), 'true');
  assert.equal(json.data.batch_id, id);
  await ask(strict, operation, { ...request, body: request.body.replace(noMember, member) }, 409);
});

test('what is wrong with a request is answered as it is described', async (t) => {
  const bad = { memberId: '0', idNumber: '80010150090' };
  for (const operation of operations) {
    await t.test(operation.id, async () => {
      if (operation.scope) {
        const request = good(operation);
        await ask(lenient, operation, { ...request, headers: { ...request.headers, Authorization: 'Bearer none' } }, 401);
        const other = operation.scope === 'verify' ? 'lookup' : 'verify';
        await ask(lenient, operation, { ...request, headers: { ...request.headers, ...keyFor(other) } }, 403);
      }
      if (operation.body) {
        await ask(lenient, operation, { ...good(operation), body: '{' }, 400);
        const request = good(operation);
        await ask(lenient, operation, { ...request, headers: { ...request.headers, 'Content-Type': 'text/plain' } }, 415);
      }
      if (/\{(memberId|idNumber)\}/.test(operation.path))
        await ask(lenient, operation, good(operation, bad), 400);
    });
  }
});

test('what is not there is not found, as it is described', async (t) => {
  const absent = { memberId: noMember, idNumber: '8001015009087', batchId: 'a'.repeat(26), file: 'none.css', error: 'no-such-error' };
  for (const operation of operations.filter(({ statuses }) => statuses.includes(404))) {
    await t.test(operation.id, async () => {
      const body = { lookUpMember: { id_number: '8001015009087' }, clearMember: { id_number: undefined } }[operation.id];
      const values = body ? { ...absent, body: { ...existing(operation).body, ...body } } : absent;
      await ask(lenient, operation, good(operation, values), 404);
    });
  }
});

test('a revoked card cannot be made, as it is described', async (t) => {
  const revoked = members.at(-2);
  await ask(strict, byId.get('revokeCard'), good(byId.get('revokeCard'), { memberId: revoked }), 200);
  const makers = ['generateCardData', 'generateCardPdf', 'getCard', 'getCardAs', 'getCardQrSvg', 'getCardQrPng'];
  for (const operation of makers.map((id) => byId.get(id)))
    await t.test(operation.id, () => ask(lenient, operation, good(operation, { memberId: revoked }), 409));
});

describe('with limits', () => {
  let limited;
  let proxy;

  before(async () => {
    limited = await Service.start({ RATE_LIMIT_GENERAL: '1' });
    proxy = await Prism.start(document, limited.origin, false);
  });

  after(async () => {
    await proxy?.stop();
    await limited?.stop();
  });

  test('too many requests are answered as it is described', async (t) => {
    await fetch(`${limited.origin}/docs`); // the one that passes
    for (const operation of operations.filter((each) => each.limited))
      await t.test(operation.id, () => ask(proxy, operation, good(operation), 429));
  });
});

// What none of these requests brings about: overload, a database that is away, faults, and what is refused before it has a
// route. tests/integration and tests/faults do.
test('every other answer that is described has been seen', () => {
  const beforeTheRoute = [408, 413, 414, 431];
  const ofTroubles = [500, 503];
  const missing = operations.flatMap(({ id, path, body, statuses }) => statuses
    .filter((status) => !beforeTheRoute.includes(status) && !ofTroubles.includes(status))
    .filter((status) => status !== 400 || body || /\{(memberId|idNumber)\}/.test(path))
    .map((status) => `${id} ${status}`)
    .filter((answer) => !seen.has(answer)));
  // A member's card number 65,535, what is asked for at the same moment as something else, and a batch that is not done.
  assert.deepEqual(missing, ['reissueCard 409', 'getBatchZip 409', 'getBatchPdf 409', 'warmCache 409']);
});

test('an answer that is not as described is found out', async () => {
  const impostor = createServer((request, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json', 'X-Request-Id': 'a' });
    const answers = {
      '/api/v1/health/live': { success: true, message: 'Service is alive', data: { alive: 'yes' }, timestamp: '2026-01-31T08:05:09.007Z' },
      '/api/v1/health/ready': { success: true, message: 'Service is ready', data: { ready: true, mood: 'good' }, timestamp: 'now' },
    };
    response.end(JSON.stringify(answers[request.url] ?? {}));
  }).listen(0, '127.0.0.1');
  await once(impostor, 'listening');
  const proxy = await Prism.start(document, `http://127.0.0.1:${impostor.address().port}`, true);
  try {
    const faultsOf = async (path) => {
      const answer = await fetch(`${proxy.origin}${path}`);
      return faultsIn(answer.status, await answer.text()).join('\n');
    };
    assert.match(await faultsOf('/api/v1/health/live'), /alive/);
    assert.match(await faultsOf('/api/v1/health/live'), /cache-control/i); // a header that is missing
    const ready = await faultsOf('/api/v1/health/ready');
    assert.match(ready, /mood|additional/);
    assert.match(ready, /timestamp/);
    assert.notEqual(await faultsOf('/docs'), '');
  } finally {
    await proxy.stop();
    impostor.close();
  }
});
