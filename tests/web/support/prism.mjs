// Prism (https://stoplight.io/open-source/prism) as a proxy before the service: it answers with a problem of its own where
// a request or an answer is not as the description says.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { eventually, freePort } from './service.mjs';

const prism = fileURLToPath(new URL('../../../web/node_modules/.bin/prism', import.meta.url));

export class Prism {
  /** Starts a proxy of `origin` that goes by `document`, a file; it finds fault with requests only if `checksRequests`. */
  static async start(document, origin, checksRequests) {
    const proxy = new Prism();
    const port = await freePort();
    proxy.origin = `http://127.0.0.1:${port}`;
    proxy.process = spawn(
      prism,
      ['proxy', document, origin, '--errors', '--port', String(port), '--host', '127.0.0.1', '--validate-request',
        String(checksRequests), '--verboseLevel', 'error'],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    proxy.log = '';
    for (const stream of [proxy.process.stdout, proxy.process.stderr])
      stream.on('data', (text) => { proxy.log += text; });
    await eventually(async () => {
      if (proxy.process.exitCode !== null)
        throw new Error(proxy.log);
      return (await fetch(`${proxy.origin}/api/v1/health/live`)).status > 0;
    }, 'Prism answers');
    return proxy;
  }

  async stop() {
    if (this.process.exitCode !== null)
      return;
    this.process.kill('SIGTERM');
    await once(this.process, 'exit');
  }
}

/** Returns what Prism finds wrong, as lines; empty if nothing. */
export function faultsIn(status, body) {
  if (!body.includes('https://stoplight.io/prism/errors'))
    return [];
  const { type, title, detail, validation = [] } = JSON.parse(body);
  const found = validation.map(({ location = [], message }) => `${location.join('.')}: ${message}`);
  return found.length > 0 ? found : [`${status} ${type} ${title}: ${detail}`];
}
