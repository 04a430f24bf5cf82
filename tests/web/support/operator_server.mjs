// Stands for the operator plane of a node: serves the built dashboard with the headers that the plane gives it, and figures
// that go on from samples/stats.json as if they were measured. A test says how the node is.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

const web = new URL('../../../web/', import.meta.url);
const sample = JSON.parse(await readFile(new URL('../samples/stats.json', import.meta.url), 'utf8'));
const sampledAt = Date.parse(sample.sampled_at);
const contentTypes = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
};
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
  + "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const steps = { '10m': [1, 600], '6h': [10, 2160], '7d': [60, 10_080] };
const means = {
  requests_per_s: 9120, latency_p50_ms: 1.9, latency_p99_ms: 11.4, errors_percent: 0.1, refused_per_s: 44, stale_served_per_s: 0,
  hit_ratio_percent: 86, l1_hit_ratio_percent: 80, l2_hit_ratio_percent: 62, queue_waiting: 4, database_waiting: 4,
  loop_busy_percent: 41, renderer_busy_percent: 4, cpu_percent: 47, cards_per_s: 14, resident_bytes: 612e6, breaker_state: 0,
};

// Moves all times in a value by some ms.
function moved(value, by) {
  if (Array.isArray(value))
    return value.map((each) => moved(each, by));
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, moved(each, by)]));
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value))
    return new Date(Date.parse(value) + by).toISOString();
  return value;
}

// A value near a mean, the same for the same time.
function around(mean, at, salt) {
  const wave = Math.sin(at / 47 + salt) * 0.08 + Math.sin(at / 11 + salt * 7) * 0.04;
  const noise = (Math.abs(Math.sin(at * 12.9898 + salt * 78.233) * 43_758.5453) % 1 - 0.5) * 0.1;
  return Math.max(0, mean * (1 + wave + noise));
}

export class OperatorServer {
  /** degraded: as the sample, with its breaker open; ok; or down. */
  health = 'ok';
  /** The node answers with the same figures again and again. */
  frozen = false;
  /** The node is away: connections are cut. */
  away = false;
  /** What opens the actions; reading needs it too if readsWithKey. */
  key = 'right';
  readsWithKey = false;
  /** Bodies of actions, by name, in the order in which they came; and what is answered, if not success. */
  acts = [];
  refusal = undefined;
  paths = [];

  async start(port = 0) {
    this.startedAt = Date.now() - 8000_000;
    this.server = createServer((request, response) => void this.answer(request, response));
    await new Promise((resolve) => this.server.listen(port, '127.0.0.1', resolve));
    this.origin = `http://127.0.0.1:${this.server.address().port}`;
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  stats(now = Math.floor(Date.now() / 1000) * 1000) {
    if (this.frozen)
      now = this.frozenAt ??= now;
    else
      this.frozenAt = undefined;
    const stats = moved(sample, now - sampledAt);
    stats.sequence = Math.floor(now / 1000) - 1_700_000_000;
    stats.node.started_at = new Date(this.startedAt).toISOString();
    const at = now / 1000;
    stats.tiles.requests.now = around(9120, at, 0);
    stats.tiles.latency.p99.now = around(11.4, at, 2);
    stats.actors[0].messages_per_s = around(1840, at, 9);
    if (this.health === 'ok')
      this.makeOk(stats);
    if (this.health === 'down')
      Object.assign(stats.state, { word: 'down', cause: 'The database is away and most requests are refused' });
    return stats;
  }

  makeOk(stats) {
    Object.assign(stats.state, { word: 'ok', cause: null, since: stats.node.started_at, alerts_firing: 0, degraded: [] });
    for (const alert of stats.alerts)
      Object.assign(alert, { state: 'ok', since: stats.node.started_at });
    stats.tiles.errors.now = 0.02;
    stats.security.suspects = [];
    stats.pool.available = true;
    Object.assign(stats.pool.breaker, { state: 'closed', next_probe_s: null });
  }

  history(range, since) {
    const [step, points] = steps[range];
    const last = Math.floor(Date.now() / 1000 / step) * step;
    const open = Date.now() / 1000 - 94;
    const at = [];
    for (let time = Math.max(since + step, last - (points - 1) * step); time <= last; time += step)
      at.push(time);
    const value = (name, time, salt) => {
      const troubled = this.health !== 'ok' && time >= open;
      if (name === 'breaker_state')
        return troubled ? 2 : 0;
      if (name === 'stale_served_per_s')
        return troubled ? around(31, time, salt) : 0;
      return around(means[name] * (troubled && name === 'errors_percent' ? 6 : 1), time, salt);
    };
    const series = Object.fromEntries(Object.keys(means).map((name, salt) => {
      const mean = at.map((time) => value(name, time, salt));
      return [name, range === '10m' ? { mean } : { mean, min: mean.map((v) => v * 0.7), max: mean.map((v) => v * 1.5) }];
    }));
    return { range, step_s: step, at_s: at, series, events: this.stats().events };
  }

  async answer(request, response) {
    if (this.away) {
      request.socket.destroy();
      return;
    }
    const url = new URL(request.url, this.origin);
    this.paths.push(request.url);
    const presented = request.headers.authorization;
    const may = presented === `Bearer ${this.key}`;
    const json = (status, body) => response.writeHead(status, {
      'Content-Type': status < 400 ? 'application/json' : 'application/problem+json', 'Cache-Control': 'no-store',
    }).end(JSON.stringify(body));
    if (this.readsWithKey && !may && url.pathname.startsWith('/stats'))
      json(401, { title: 'Unauthorized', status: 401, detail: 'Reading from other machines needs a key' });
    else if (url.pathname === '/stats')
      json(200, this.stats());
    else if (url.pathname === '/stats/history')
      json(200, this.history(url.searchParams.get('range'), Number(url.searchParams.get('since') ?? 0)));
    else if (url.pathname === '/stats/actors')
      response.writeHead(200, { 'Content-Type': 'text/csv', 'Content-Disposition': 'attachment; filename="actors.csv"' }).end('id\n');
    else if (url.pathname === '/session')
      json(200, {
        may_operate: may, needs_key: true, name: may ? 'key:ops' : null, token_file: '/var/lib/tessera/operator.token',
        refused: presented && !may ? 'unknown' : null,
      });
    else if (request.method === 'POST')
      await this.act(url.pathname.replace('/actions/', ''), request, json, may);
    else
      await this.file(url.pathname, response);
  }

  async act(name, request, json, may) {
    let body = '';
    for await (const part of request)
      body += part;
    if (!may)
      return json(401, { title: 'Unauthorized', status: 401, detail: 'This needs a key' });
    if (this.refusal)
      return json(this.refusal.status, this.refusal);
    this.acts.push([name, JSON.parse(body)]);
    json(200, { action: name, message: 'It is done.', by: 'key:ops', reason: JSON.parse(body).reason, at: new Date().toISOString(), until: null });
  }

  async file(path, response) {
    const name = path === '/' ? 'index.html' : /^\/([a-z_]+\.[a-z]+)$/.exec(path)?.[1];
    const content = name && (await readFile(new URL(`dist/dashboard/${name}`, web)).catch(() => undefined));
    if (!content)
      return response.writeHead(404).end();
    response.writeHead(200, {
      'Content-Type': contentTypes[name.split('.').at(-1)],
      'Content-Security-Policy': policy,
      'Cache-Control': 'no-cache',
      'X-Content-Type-Options': 'nosniff',
    }).end(content);
  }
}
