// Options as text, read to the kinds that the library takes; what is out of range
// the library refuses itself.

import { HttpRefusal } from './http-refusal.ts';

/** Reads an option. @throws HttpRefusal where the text is of another kind. */
export type Reader = (text: string, name: string) => unknown;

export const readWord: Reader = (text) => text;

export const readNumber = (text: string, name: string): number => {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isNaN(number)) refuse(name, 'a number', text);
  return number;
};

export const readNumbers: Reader = (text, name) =>
  text.split(',').map((part) => {
    const number = part.trim() === '' ? Number.NaN : Number(part);
    if (Number.isNaN(number)) refuse(name, 'numbers with commas between them', text);
    return number;
  });

export const readBoolean: Reader = (text, name) => {
  if (text !== 'true' && text !== 'false') refuse(name, 'true or false', text);
  return text === 'true';
};

/**
 * Reads the options of a query.
 *
 * @throws HttpRefusal where one is unknown, repeated, or of another kind.
 */
export function readOptions(
  query: URLSearchParams,
  readers: ReadonlyMap<string, Reader>,
): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  for (const [name, text] of query) {
    const read = readers.get(name);
    if (read === undefined) refuse(name, `one of ${[...readers.keys()].join(', ')}`, 'this option');
    if (Object.hasOwn(options, name)) refuse(name, 'one value', 'another');
    options[name] = read(text, name);
  }
  return options;
}

function refuse(name: string, expected: string, got: string): never {
  throw new HttpRefusal(400, `${name}: expected ${expected}, got ${JSON.stringify(got)}`, {
    field: name,
  });
}
