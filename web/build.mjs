// Builds the web pages into dist, a directory for each site: `node build.mjs [DIRECTORY]`. What it writes is committed, so
// that building the server needs neither node nor npm. The same sources give the same bytes, but for .gz: they follow
// zlib's version.
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { build } from 'esbuild';

import { assemble, problemExample, slugOf } from './api/assemble.mjs';
import { errorPage, errorText } from './docs/error_pages.mjs';
import { referencePage } from './docs/reference.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const target = ['chrome86', 'firefox78', 'safari14.1'];
const verifyLicenses = { qr: 'LICENSE-MIT', '@noble/ed25519': 'LICENSE', '@noble/hashes': 'LICENSE' };
const dashboardLicenses = { uplot: 'LICENSE' };

async function bundle(entry, format, define = {}) {
  const { outputFiles } = await build({
    entryPoints: [join(here, entry)],
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

async function licenses(licenseFiles) {
  const parts = [];
  for (const [name, file] of Object.entries(licenseFiles)) {
    const directory = join(here, 'node_modules', name);
    const { version } = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'));
    parts.push(`${name} ${version}\n\n${(await readFile(join(directory, file), 'utf8')).trim()}\n`);
  }
  return `This page contains the following software.\n\n${parts.join(`\n${'-'.repeat(79)}\n\n`)}`;
}

async function verifyFiles() {
  const files = new Map([
    ['index.html', await readFile(join(here, 'verify/index.html'))],
    ['icon.svg', await readFile(join(here, 'verify/icon.svg'))],
    ['licenses.txt', Buffer.from(await licenses(verifyLicenses))],
    ['manifest.webmanifest', await readFile(join(here, 'verify/manifest.webmanifest'))],
    ['page.css', await bundle('verify/page.css')],
    ['page.js', await bundle('verify/page.ts', 'esm')],
    ['qr_worker.js', await bundle('verify/qr_worker.ts', 'iife')],
  ]);
  const hash = createHash('sha256');
  for (const [name, content] of files)
    hash.update(`${name} ${content.length}\n`).update(content);
  files.set('sw.js', await bundle('verify/service_worker.ts', 'iife', {
    shellPaths: JSON.stringify([...files.keys()].map((name) => (name === 'index.html' ? '/V' : `/V/${name}`))),
    shellVersion: JSON.stringify(hash.digest('hex').slice(0, 16)),
  }));
  return files;
}

async function docsFiles(document, errors) {
  return new Map([
    ['index.html', Buffer.from(referencePage(document, errors))],
    ['icon.svg', await readFile(join(here, 'docs/icon.svg'))],
    ['page.css', await bundle('docs/page.css')],
    ['page.js', await bundle('docs/page.ts', 'esm')],
    ...errors.flatMap((error) => [
      [`errors/${error.slug}.html`, Buffer.from(errorPage(error))],
      [`errors/${error.slug}.txt`, Buffer.from(errorText(error))],
    ]),
  ]);
}

async function dashboardFiles() {
  return new Map([
    ['index.html', await readFile(join(here, 'dashboard/index.html'))],
    ['icon.svg', await readFile(join(here, 'dashboard/icon.svg'))],
    ['licenses.txt', Buffer.from(await licenses(dashboardLicenses))],
    ['page.css', await bundle('dashboard/page.css')],
    ['page.js', await bundle('dashboard/page.ts', 'esm')],
  ]);
}

const { document, errors } = await assemble();
const explained = errors.map((error) => ({ ...error, slug: slugOf(error.code), example: problemExample(error) }));
const sites = {
  verify: await verifyFiles(),
  api: new Map([['openapi.json', Buffer.from(JSON.stringify(document))]]),
  docs: await docsFiles(document, explained),
  dashboard: await dashboardFiles(),
};

const directory = process.argv[2] ?? join(here, 'dist');
for (const [site, files] of Object.entries(sites)) {
  await rm(join(directory, site), { recursive: true, force: true });
  for (const [name, content] of files) {
    const path = join(directory, site, name);
    const packed = gzipSync(content, { level: 9 });
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    await writeFile(`${path}.gz`, packed);
    console.log(`${`${site}/${name}`.padEnd(44)} ${String(content.length).padStart(7)} bytes, ${packed.length} with gzip`);
  }
}
