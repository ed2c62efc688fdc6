import { parseArgs } from 'node:util';
import { nearest } from '../../../src/checks/nearest.ts';
import { Refusal } from '../files/refusal.ts';

/** The options of a command, and whether each takes a text or stands alone. */
export type OptionKinds = Readonly<Record<string, 'text' | 'flag'>>;

/** The options that were given. */
export type OptionValues<Kinds extends OptionKinds> = {
  readonly [Name in keyof Kinds]: Kinds[Name] extends 'flag' ? boolean : string | undefined;
};

/** What a command was given. */
export interface CommandLine<Kinds extends OptionKinds> {
  readonly values: OptionValues<Kinds>;
  readonly positionals: readonly string[];
}

/**
 * Takes a command's arguments apart. Of an option that comes twice the last counts.
 *
 * @throws Refusal of an unknown option, one without its text, and a flag with one.
 */
export function parseCommandLine<Kinds extends OptionKinds>(
  args: readonly string[],
  kinds: Kinds,
): CommandLine<Kinds> {
  const options = Object.fromEntries(
    Object.entries(kinds).map(([name, kind]) => [
      name,
      { type: kind === 'flag' ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  const { tokens, positionals } = parseArgs({
    args: [...args],
    options,
    // Node's own refusals name the option, but not the one that was meant.
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values: Record<string, string | boolean | undefined> = {};
  for (const [name, kind] of Object.entries(kinds)) if (kind === 'flag') values[name] = false;
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const kind = Object.hasOwn(kinds, token.name) ? kinds[token.name] : undefined;
    if (kind === undefined || !token.rawName.startsWith('--')) refuseOption(token.rawName, kinds);
    if (kind === 'flag' && token.value !== undefined) {
      throw new Refusal(`--${token.name}: takes no value, got '${token.value}'`);
    }
    // What follows is the next option: a text that begins so is given with =.
    const isNext = token.value?.startsWith('--') && !token.inlineValue;
    if (kind === 'text' && (token.value === undefined || isNext)) {
      throw new Refusal(`--${token.name}: expected a value, got ${token.value ?? 'none'}`);
    }
    values[token.name] = token.value ?? true;
  }
  return { values: values as OptionValues<Kinds>, positionals };
}

/** Returns the end of a refusal: the name that was meant, if one is near. */
export function didYouMean(misspelt: string, names: readonly string[], otherwise: string): string {
  const meant = nearest(misspelt, names);
  return meant === undefined ? otherwise : `did you mean ${meant}?`;
}

function refuseOption(given: string, kinds: OptionKinds): never {
  const names = Object.keys(kinds).map((name) => `--${name}`);
  throw new Refusal(`unknown option ${given}; ${didYouMean(given, names, '--help says more')}`);
}
