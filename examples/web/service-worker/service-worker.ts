// Keeps the page for use without a network: its files, in a cache that is named after their content,
// and what paints once that was loaded. On loopback it removes itself.

import { isLoopback } from '../page/loopback.ts';

declare const self: ServiceWorkerGlobalScope;

// Written in by build.ts.
declare const FILES: readonly string[];
declare const LATER: readonly string[];
declare const VERSION: string;

const PREFIX = 'wasm-norm ';
const CACHE = PREFIX + VERSION;
const LEAVES = isLoopback(self.location.hostname);

self.addEventListener('install', (event) => {
  event.waitUntil(LEAVES ? self.skipWaiting() : fill());
});

self.addEventListener('activate', (event) => {
  event.waitUntil(LEAVES ? leave() : takeOver());
});

self.addEventListener('fetch', (event) => {
  const { method, url } = event.request;
  if (LEAVES || method !== 'GET' || new URL(url).origin !== self.location.origin) return;
  event.respondWith(answer(event.request));
});

async function fill(): Promise<void> {
  const cache = await caches.open(CACHE);
  // Past the HTTP cache, which may hold files of another version.
  await cache.addAll(FILES.map((file) => new Request(file, { cache: 'reload' })));
  // The page loads all that it needs when it starts, so no tab is left with files of two versions.
  await self.skipWaiting();
}

async function takeOver(): Promise<void> {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
  }
  await self.clients.claim();
}

/** Removes what an earlier version has left on this machine, and then itself. */
async function leave(): Promise<void> {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX)) await caches.delete(name);
  }
  await self.registration.unregister();
}

async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request, { ignoreSearch: true });
  if (kept) return kept;
  const response = await fetch(request);
  // What is loaded when it is chosen is kept from then on.
  const isLater = LATER.some((file) => new URL(file, self.location.href).href === request.url);
  if (isLater && response.ok) await cache.put(request, response.clone());
  return response;
}
