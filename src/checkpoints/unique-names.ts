import { describe } from '../checks/describe.ts';
import { refuseValue } from '../checks/refuse.ts';

// The depth of the objects in the header: itself and its entries.
const ENTRY_DEPTH = 2;

/**
 * Refuses names that an object of the header, or of an entry, has twice: JSON.parse
 * takes the last of them, other readers the first.
 *
 * @param text valid JSON
 */
export function refuseDuplicates(text: string): void {
  // The names so far in each object that is open, as far as entries are deep.
  const open: Set<unknown>[] = [];
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '{' || character === '[') {
      if (depth < ENTRY_DEPTH) open[depth] = new Set();
      depth++;
    } else if (character === '}' || character === ']') depth--;
    if (character !== '"') continue;
    const start = at;
    at = endOfString(text, start);
    if (depth > ENTRY_DEPTH || !isName(text, at + 1)) continue;
    const name: unknown = JSON.parse(text.slice(start, at + 1));
    const names = open[depth - 1] as Set<unknown>;
    if (names.has(name)) {
      refuseValue(`safetensors ${describe(name)}`, 'one of this name', 'two');
    }
    names.add(name);
  }
}

/** Returns the position of the closing quote of a string in JSON. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

/** Says whether a colon comes next. */
function isName(text: string, from: number): boolean {
  let at = from;
  while (' \t\n\r'.includes(text[at] ?? ':')) at++;
  return text[at] === ':';
}
