// Serves the built verify page with the headers that the gateway gives it, and what an organisation publishes.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

const web = new URL('../../../web/', import.meta.url);
const contentTypes = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
  webmanifest: 'application/manifest+json',
};
const policy = (await readFile(new URL('verify/content_security_policy.txt', web), 'utf8')).trim();

export class PageServer {
  /** What is answered at other paths than the page's, as text by path; 503 at all others. */
  published = {};
  /** Everything that a request carried, one text per request: address, headers, body. */
  requests = [];

  async start() {
    this.server = createServer((request, response) => void this.answer(request, response));
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.origin = `http://127.0.0.1:${this.server.address().port}`;
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async answer(request, response) {
    let body = '';
    for await (const part of request)
      body += part;
    this.requests.push([request.method, request.url, ...request.rawHeaders, body].join('\n'));
    const path = request.url.split('?')[0];
    const published = this.published[path];
    if (published !== undefined) {
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(published);
      return;
    }
    const name = path === '/V' ? 'index.html' : /^\/V\/([a-z_]+\.[a-z]+)$/.exec(path)?.[1];
    const content = name && (await readFile(new URL(`dist/verify/${name}`, web)).catch(() => undefined));
    if (!content) {
      response.writeHead(503).end();
      return;
    }
    response.writeHead(200, {
      'Content-Type': contentTypes[name.split('.').at(-1)],
      'Content-Security-Policy': policy,
      'Cache-Control': 'no-cache',
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
      ...(name === 'sw.js' ? { 'Service-Worker-Allowed': '/V' } : {}),
    }).end(content);
  }
}
