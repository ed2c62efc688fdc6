// Requests to the service, and checks of its refusals.

import { setImmediate } from 'node:timers/promises';
import { expect, inject } from 'vitest';

type Bytes = Uint8Array<ArrayBuffer>;

/** Sends a request to a path of the service, or of the service at a given URL. */
export async function send(
  path: string,
  init: RequestInit = {},
  url: string = inject('url'),
): Promise<Response> {
  // Waits one turn of the event loop. Otherwise a connection that the service has closed during a
  // long computation of the test would be taken for an open one.
  await setImmediate();
  await setImmediate();
  return fetch(url + path, init);
}

/** Sends tensors to be normalized. */
export function sendTensors(query: string, body: BodyInit, url?: string): Promise<Response> {
  const headers = { 'content-type': 'application/octet-stream' };
  return send(`/normalize?${query}`, { method: 'POST', body, headers }, url);
}

/** Sends a form. Bytes are sent as a file, and a list as several fields of the same name. */
export function sendForm(
  fields: Readonly<Record<string, string | Bytes | readonly (string | Bytes)[]>>,
  url?: string,
): Promise<Response> {
  const form = new FormData();
  for (const [name, field] of Object.entries(fields)) {
    for (const value of Array.isArray(field) ? field : [field]) {
      form.append(name, typeof value === 'string' ? value : new Blob([value]));
    }
  }
  return send('/restyle', { method: 'POST', body: form }, url);
}

/** Expects JSON that names what is wrong, and nothing of the service's inside. */
export async function expectRefused(
  response: Response,
  status: number,
  field: string | undefined,
  message: string | RegExp,
): Promise<void> {
  const text = await response.text();
  expect(response.status, text).toBe(status);
  expect(response.headers.get('content-type')).toBe('application/json');
  const { error, ...rest } = JSON.parse(text);
  expect(rest).toEqual(field === undefined ? { status } : { status, field });
  expect(error).toMatch(message);
  // The message has no stack, no path and no second line.
  expect(error).not.toMatch(/\n|\bat .*:\d|\.[jt]s\b/);
}
