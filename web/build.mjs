// Builds the verify page into dist/verify: `node build.mjs [DIRECTORY]`. What it writes is committed, so that building
// the server needs neither node nor npm. The same sources give the same bytes, but for .gz: they follow zlib's version.
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const target = ['chrome86', 'firefox78', 'safari14.1'];
const licenseFiles = { qr: 'LICENSE-MIT', '@noble/ed25519': 'LICENSE', '@noble/hashes': 'LICENSE' };

async function bundle(entry, format, define = {}) {
  const { outputFiles } = await build({
    entryPoints: [join(here, 'verify', entry)],
    bundle: true,
    minify: true,
    write: false,
    charset: 'utf8',
    legalComments: 'none',
    format,
    target,
    define,
  });
  return outputFiles[0].contents;
}

async function licenses() {
  const parts = [];
  for (const [name, file] of Object.entries(licenseFiles)) {
    const directory = join(here, 'node_modules', name);
    const { version } = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'));
    parts.push(`${name} ${version}\n\n${(await readFile(join(directory, file), 'utf8')).trim()}\n`);
  }
  return `This page contains the following software.\n\n${parts.join(`\n${'-'.repeat(79)}\n\n`)}`;
}

const files = new Map([
  ['index.html', await readFile(join(here, 'verify/index.html'))],
  ['icon.svg', await readFile(join(here, 'verify/icon.svg'))],
  ['licenses.txt', Buffer.from(await licenses())],
  ['manifest.webmanifest', await readFile(join(here, 'verify/manifest.webmanifest'))],
  ['page.css', await bundle('page.css')],
  ['page.js', await bundle('page.ts', 'esm')],
  ['qr_worker.js', await bundle('qr_worker.ts', 'iife')],
]);
const hash = createHash('sha256');
for (const [name, content] of files)
  hash.update(`${name} ${content.length}\n`).update(content);
files.set('sw.js', await bundle('service_worker.ts', 'iife', {
  shellPaths: JSON.stringify([...files.keys()].map((name) => (name === 'index.html' ? '/V' : `/V/${name}`))),
  shellVersion: JSON.stringify(hash.digest('hex').slice(0, 16)),
}));

const directory = process.argv[2] ?? join(here, 'dist/verify');
await rm(directory, { recursive: true, force: true });
await mkdir(directory, { recursive: true });
for (const [name, content] of files) {
  const packed = gzipSync(content, { level: 9 });
  await writeFile(join(directory, name), content);
  await writeFile(join(directory, `${name}.gz`), packed);
  console.log(`${name.padEnd(22)} ${String(content.length).padStart(7)} bytes, ${packed.length} with gzip`);
}
