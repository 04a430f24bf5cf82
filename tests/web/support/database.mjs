// A MariaDB server of a test's own, which can be killed and started again.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { eventually, freePort } from './service.mjs';

const asRoot = process.getuid() === 0 ? ['--user=root'] : [];

async function accepts(port) {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'data'); // its greeting
  socket.destroy();
  return true;
}

export class Database {
  static async start() {
    const database = new Database();
    database.directory = await mkdtemp(join(tmpdir(), 'tessera-db-'));
    database.port = await freePort();
    database.url = `mysql://tessera:secret@127.0.0.1:${database.port}/tessera_test`;
    await promisify(execFile)('mariadb-install-db', [
      '--no-defaults', `--datadir=${join(database.directory, 'data')}`, '--auth-root-authentication-method=normal',
      '--skip-test-db', ...asRoot,
    ]);
    await writeFile(join(database.directory, 'init.sql'), [
      'CREATE DATABASE IF NOT EXISTS tessera_test CHARACTER SET utf8mb4;',
      "CREATE USER IF NOT EXISTS 'tessera'@'%' IDENTIFIED BY 'secret';",
      "GRANT ALL PRIVILEGES ON *.* TO 'tessera'@'%' WITH GRANT OPTION;\n",
    ].join('\n'));
    await database.resume();
    return database;
  }

  async resume() {
    const at = (name) => join(this.directory, name);
    this.process = spawn('mariadbd', [
      '--no-defaults', `--datadir=${at('data')}`, `--socket=${at('s')}`, `--pid-file=${at('pid')}`, `--init-file=${at('init.sql')}`,
      '--bind-address=127.0.0.1', `--port=${this.port}`, '--skip-name-resolve', '--skip-log-bin', '--innodb-buffer-pool-size=32M',
      '--innodb-flush-log-at-trx-commit=2', '--innodb-use-native-aio=0', '--max-connect-errors=1000000', ...asRoot,
    ], { stdio: 'ignore' });
    await eventually(() => accepts(this.port), 'MariaDB answers');
  }

  async kill() {
    if (this.process.exitCode !== null || this.process.signalCode !== null)
      return;
    this.process.kill('SIGKILL');
    await once(this.process, 'exit');
  }

  async stop() {
    await this.kill();
    await rm(this.directory, { recursive: true, force: true });
  }
}
