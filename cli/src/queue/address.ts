// Where a queue is: the text of --queue, and what of it may be shown.

import { Refusal } from '../files/refusal.ts';

/** A queue's server. */
export interface QueueAddress {
  readonly broker: 'redis' | 'postgres';
  /** With user and password: for the client alone. */
  readonly url: string;
  /** The address without them. */
  readonly shown: string;
  readonly host: string;
  readonly port: number;
  /** Texts that are in no output, however an error comes by them. */
  readonly secrets: readonly string[];
}

const PORTS = { redis: 6379, postgres: 5432 };

const BROKERS: Readonly<Record<string, QueueAddress['broker']>> = {
  'redis:': 'redis',
  'rediss:': 'redis',
  'postgres:': 'postgres',
  'postgresql:': 'postgres',
};

const EXPECTED = '--queue: expected redis://, rediss:// or postgres:// with a host, or env:NAME';

/**
 * Reads the address of a queue.
 *
 * @param text a URL, or `env:NAME` for the one in a variable, so that no list of processes shows it
 * @throws Refusal that does not quote it: there may be a password in it.
 */
export function readQueue(
  text: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): QueueAddress {
  if (!text.startsWith('env:')) return parseQueue(text, EXPECTED);
  const name = text.slice('env:'.length);
  const value = environment[name];
  if (value === undefined) throw new Refusal(`--queue: there is no variable ${name}`);
  return parseQueue(value, `${EXPECTED}; the variable ${name} is none`);
}

function parseQueue(text: string, expected: string): QueueAddress {
  const url = URL.canParse(text) ? new URL(text) : null;
  const broker = url && BROKERS[url.protocol];
  if (!url || !broker || url.hostname === '') throw new Refusal(expected);
  const port = Number(url.port || PORTS[broker]);
  const { protocol, hostname, pathname } = url;
  const passwords = [url.password, url.searchParams.get('password') ?? ''];
  return {
    broker,
    url: text,
    shown: `${protocol}//${hostname}:${port}${pathname === '/' ? '' : pathname}`,
    host: hostname.replace(/^\[|\]$/g, ''),
    port,
    secrets: passwords.filter((secret) => secret !== '').flatMap(spellings),
  };
}

/** Returns a secret as it stands in a URL, and as the client sends it. */
function spellings(secret: string): string[] {
  try {
    return [secret, decodeURIComponent(secret)];
  } catch {
    return [secret];
  }
}

interface ServerError extends NodeJS.ErrnoException {
  readonly previousErrors?: readonly Error[];
}

/** Returns an error's message in one line, without secrets. */
export function safeReason({ secrets }: QueueAddress, error: unknown): string {
  const { message, code, previousErrors } = error as ServerError;
  // Of a transaction that was given up the reasons lie aside. Node's error for a host of several
  // addresses has a code and no message.
  const words = previousErrors?.[0]?.message ?? (message || code || String(error));
  let text = words.replaceAll(/\s+/g, ' ').trim();
  for (const secret of secrets) text = text.replaceAll(secret, '***');
  return text;
}
