// The program itself, on a store with 200 invented members.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const program = resolve(process.env.TESSERA ?? fileURLToPath(new URL('../../../build/release/tessera', import.meta.url)));
const run = promisify(execFile);
const patience = 30_000;

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Waits until `condition` resolves to something true, and returns that. */
export async function eventually(condition, what) {
  for (const end = Date.now() + patience; ;) {
    let cause;
    const result = await condition().catch((error) => { cause = error; });
    if (result)
      return result;
    if (Date.now() > end)
      throw new Error(`${what}: not within ${patience / 1000} s: ${cause?.message ?? ''}`, { cause });
    await new Promise((done) => { setTimeout(done, 50); });
  }
}

export class Service {
  /** Starts the program, on a store of its own if none is given. `environment` holds settings. */
  static async start(environment = {}, store = undefined) {
    const service = new Service();
    service.directory = await mkdtemp(join(tmpdir(), 'tessera-web-'));
    service.store = store ?? `sqlite:${join(service.directory, 'members.sqlite')}`;
    await service.run('migrate');
    await service.run('sample-data', '--members', '200');
    service.exampleIdNumber = (await service.run('sample-data', '--print-example')).trim();
    await service.listen(environment);
    return service;
  }

  async run(...command) {
    const { stdout } = await run(program, [...command, '--store', this.store], { cwd: this.directory, env: {} });
    return stdout;
  }

  /** Makes an API key. */
  async newKey(scopes) {
    return (await this.run('keys', 'create', '--name', 'test', '--scopes', scopes)).trim();
  }

  async listen(environment) {
    const [port, operatorPort] = [await freePort(), await freePort()];
    this.origin = `http://127.0.0.1:${port}`;
    this.operatorOrigin = `http://127.0.0.1:${operatorPort}`;
    this.process = spawn(
      program,
      ['serve', '--listen', `127.0.0.1:${port}`, '--operator', `127.0.0.1:${operatorPort}`, '--store', this.store],
      { cwd: this.directory, env: environment, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.log = '';
    for (const stream of [this.process.stdout, this.process.stderr])
      stream.on('data', (text) => { this.log += text; });
    await eventually(async () => {
      if (this.process.exitCode !== null)
        return true;
      return (await fetch(`${this.origin}/api/v1/health/ready`)).ok;
    }, 'tessera is ready');
    if (this.process.exitCode !== null)
      throw new Error(`tessera ended with ${this.process.exitCode}:\n${this.log}`);
  }

  async stop() {
    if (this.process?.exitCode === null) {
      this.process.kill('SIGTERM');
      await once(this.process, 'exit');
    }
    await rm(this.directory, { recursive: true, force: true });
  }
}
