// Keeps the page's own files, so that it opens without the network. Keys and revocations are kept by the page
// (evidence.ts), which alone can tell whether they are sound.

// Set by build.mjs: the paths of the page's files, and a hash of what is in them.
declare const shellPaths: string[];
declare const shellVersion: string;

const worker = self as unknown as ServiceWorkerGlobalScope;
const prefix = 'tessera-verify-shell-';
const cacheName = prefix + shellVersion;

async function install(): Promise<void> {
  const cache = await caches.open(cacheName);
  await cache.addAll(shellPaths.map((path) => new Request(path, { cache: 'reload' })));
  await worker.skipWaiting();
}

async function activate(): Promise<void> {
  for (const name of await caches.keys())
    if (name.startsWith(prefix) && name !== cacheName)
      await caches.delete(name);
  await worker.clients.claim();
}

// From one cache, so that files of two versions never meet.
async function answer(request: Request, path: string): Promise<Response> {
  const cache = await caches.open(cacheName);
  return (await cache.match(path)) ?? fetch(request);
}

worker.addEventListener('install', (event) => event.waitUntil(install()));
worker.addEventListener('activate', (event) => event.waitUntil(activate()));
worker.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method === 'GET' && url.origin === location.origin && shellPaths.includes(url.pathname))
    event.respondWith(answer(event.request, url.pathname));
});
