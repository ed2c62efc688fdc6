// The fields of a form, multipart/form-data.

import { HttpRefusal } from './http-refusal.ts';

/**
 * Takes a form apart.
 *
 * @param names all the fields that it may have
 * @throws HttpRefusal where it is malformed, or a field is unknown or repeated.
 */
export async function readForm(
  body: Uint8Array<ArrayBuffer>,
  contentType: string,
  names: readonly string[],
): Promise<FormData> {
  const form = await parse(body, contentType);
  for (const name of new Set(form.keys())) {
    if (!names.includes(name)) {
      refuse(name, `expected no other field than ${names.join(', ')}, got this one`);
    }
    const { length } = form.getAll(name);
    if (length > 1) refuse(name, `expected one field, got ${length}`);
  }
  return form;
}

/** @throws HttpRefusal where the field is absent or no file. */
export async function readFile(form: FormData, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const file = form.get(name);
  if (file === null) refuse(name, 'expected a file, got none');
  if (typeof file === 'string') refuse(name, 'expected a file, got text');
  return new Uint8Array(await file.arrayBuffer());
}

/** @throws HttpRefusal where the field is a file. */
export function readText(form: FormData, name: string): string | undefined {
  const text = form.get(name);
  if (text === null) return undefined;
  if (typeof text !== 'string') refuse(name, 'expected text, got a file');
  return text;
}

async function parse(body: Uint8Array<ArrayBuffer>, contentType: string): Promise<FormData> {
  const response = new Response(body, { headers: { 'content-type': contentType } });
  // The platform's reasons are of its own making, and other in each.
  return response.formData().catch(() => refuse('body', 'expected a form, got something else'));
}

function refuse(field: string, message: string): never {
  throw new HttpRefusal(400, `${field}: ${message}`, { field });
}
