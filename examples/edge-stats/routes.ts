import { HttpRefusal } from '../edge-worker/http-refusal.ts';
import type { Bindings } from './bindings.ts';
import type { Ledger } from './ledger.ts';
import { MAX_SHARD, SHARD } from './limits.ts';
import type { Remote } from './platform.ts';

const HELP = `wasm-norm over a bucket

POST /start?run=NAME    counts all pictures of the bucket, those with prefix=PREFIX, shard=${SHARD}
                        at a time; again for a run that has begun: as /resume
GET  /status?run=NAME   how far it is
GET  /result?run=NAME   mean and standard deviation, 409 until they are known
POST /resume?run=NAME   sends again what has no result, after a loss or a failure
POST /forget?run=NAME   deletes what is kept of the run, and nothing of the bucket

Each with the header 'authorization: Bearer TOKEN', the secret of the deployment.
`;

interface Called {
  readonly run: string;
  readonly query: URLSearchParams;
  readonly ledger: Remote<Ledger>;
  readonly bindings: Bindings;
}

interface Route {
  readonly method: 'GET' | 'POST';
  readonly options: readonly string[];
  readonly answer: (called: Called) => Promise<Response>;
}

const ROUTES: Readonly<Record<string, Route>> = {
  '/start': { method: 'POST', options: ['run', 'prefix', 'shard'], answer: start },
  '/status': { method: 'GET', options: ['run'], answer: tellStatus },
  '/result': { method: 'GET', options: ['run'], answer: tellResult },
  '/resume': { method: 'POST', options: ['run'], answer: resume },
  '/forget': { method: 'POST', options: ['run'], answer: forget },
};

/** Answers a request, whatever it is. */
export async function respond(request: Request, bindings: Bindings): Promise<Response> {
  try {
    return await dispatch(request, bindings);
  } catch (error) {
    if (error instanceof HttpRefusal) return error.toResponse();
    // A fault of the service: told to its log, not to the client.
    console.error(error);
    return new HttpRefusal(500, 'internal error').toResponse();
  }
}

async function dispatch(request: Request, bindings: Bindings): Promise<Response> {
  const { pathname, searchParams: query } = new URL(request.url);
  if (pathname === '/') return new Response(HELP);
  const route = Object.hasOwn(ROUTES, pathname) ? ROUTES[pathname] : undefined;
  if (route === undefined) {
    const known = ['/', ...Object.keys(ROUTES)].join(', ');
    throw new HttpRefusal(404, `expected a path of ${known}, got ${pathname}`);
  }
  const { method, options, answer } = route;
  if (request.method !== method) {
    throw new HttpRefusal(405, `expected the method ${method}, got ${request.method}`, {
      headers: { allow: method },
    });
  }
  await checkToken(request, bindings.TOKEN);
  for (const name of query.keys()) {
    if (!options.includes(name)) refuse(name, `an option of ${options.join(', ')}`, name);
  }
  const run = query.get('run') ?? '';
  if (!/^[\w.-]{1,64}$/.test(run)) {
    refuse('run', 'a name of up to 64 letters, digits, -, _ and .', run);
  }
  return answer({ run, query, ledger: bindings.LEDGERS.getByName(run), bindings });
}

/** @throws HttpRefusal unless the request shows the secret. */
async function checkToken({ headers }: Request, token = ''): Promise<void> {
  if (token === '') {
    throw new HttpRefusal(503, 'no secret is set: npx wrangler secret put TOKEN sets it');
  }
  const [given, expected] = await Promise.all(
    [headers.get('authorization') ?? '', `Bearer ${token}`].map(digest),
  );
  if (given !== expected) {
    throw new HttpRefusal(401, `expected the header 'authorization: Bearer TOKEN'`, {
      headers: { 'www-authenticate': 'Bearer' },
    });
  }
}

/** Hashes a text, so that the time of a comparison tells nothing of it. */
async function digest(text: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return new Uint8Array(hash).toString();
}

async function start({ run, query, ledger, bindings }: Called): Promise<Response> {
  const prefix = query.get('prefix') ?? '';
  const size = Number(query.get('shard') ?? SHARD);
  if (!Number.isInteger(size) || size < 1 || size > MAX_SHARD) {
    refuse('shard', `a whole number from 1 to ${MAX_SHARD}`, query.get('shard'));
  }
  const begun = await ledger.begin({ prefix, size });
  if (begun.prefix !== prefix || begun.size !== size) {
    const of = `prefix=${begun.prefix} and shard=${begun.size}`;
    throw new HttpRefusal(409, `run: ${run} has begun with ${of}`, { field: 'run' });
  }
  return resume({ run, query, ledger, bindings });
}

async function resume({ run, ledger, bindings }: Called): Promise<Response> {
  await ledger.resume();
  const status = await ledger.status();
  if (status === null) refuseUnknown(run);
  if (status.state !== 'done') await bindings.TASKS.send({ run, after: -1 });
  return Response.json({ run, ...status }, { status: 202 });
}

async function tellStatus({ run, ledger }: Called): Promise<Response> {
  const status = await ledger.status();
  if (status === null) refuseUnknown(run);
  return Response.json({ run, ...status });
}

async function tellResult({ run, ledger }: Called): Promise<Response> {
  const status = await ledger.status();
  if (status === null) refuseUnknown(run);
  const { state, shards, counted, failed } = status;
  if (state !== 'done') {
    const left = `${shards - counted - failed} of ${shards} shards have no result`;
    throw new HttpRefusal(409, `run: ${run} is ${state}, and ${left}`, { field: 'run' });
  }
  return Response.json({ run, ...(await ledger.report()) });
}

async function forget({ run, ledger }: Called): Promise<Response> {
  await ledger.forget();
  return Response.json({ run });
}

function refuse(field: string, expected: string, got: string | null): never {
  throw new HttpRefusal(400, `${field}: expected ${expected}, got ${JSON.stringify(got)}`, {
    field,
  });
}

function refuseUnknown(run: string): never {
  throw new HttpRefusal(404, `run: ${run} has not begun, or is forgotten`, { field: 'run' });
}
