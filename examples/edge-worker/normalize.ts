import { readSafetensors, writeSafetensors } from 'wasm-norm';
import { checkMediaType, readBody } from './body.ts';
import { HttpRefusal, refusing } from './http-refusal.ts';
import { MAX_TENSORS_BYTES } from './limits.ts';
import { OPERATIONS, type Operation, type Tensors } from './operations.ts';
import { readOptions } from './options.ts';

/** The media type of safetensors, which have none of their own. */
const SAFETENSORS = 'application/octet-stream';

/**
 * Answers POST /normalize?op=NAME&OPTION=VALUE...: safetensors in, safetensors out.
 *
 * The result is `y`, and beside it running statistics, moved, if the body had any.
 */
export async function normalize(request: Request): Promise<Response> {
  checkMediaType(request, SAFETENSORS);
  const query = new URL(request.url).searchParams;
  const { operation, options } = readQuery(query);
  const body = await readBody(request, MAX_TENSORS_BYTES);
  const tensors = refusing(() => readSafetensors(body));
  checkNames(Object.keys(tensors), operation);
  const result = refusing(() => run(operation, tensors, options));
  return new Response(writeSafetensors(result), { headers: { 'content-type': SAFETENSORS } });
}

function readQuery(query: URLSearchParams) {
  const [name = 'none', ...others] = query.getAll('op');
  const operation = OPERATIONS.get(name);
  if (operation === undefined || others.length > 0) {
    const known = [...OPERATIONS.keys()].join(', ');
    const got = [name, ...others].join(', ');
    throw new HttpRefusal(400, `op: expected one of ${known}, got ${got}`, { field: 'op' });
  }
  query.delete('op');
  return { operation, options: readOptions(query, operation.options) };
}

function checkNames(names: readonly string[], { inputs, parameters }: Operation): void {
  const known = [...inputs, ...parameters];
  const stranger = names.find((name) => !known.includes(name));
  if (stranger === undefined) return;
  const message = `${stranger}: expected no other tensor than ${known.join(', ')}, got this one`;
  throw new HttpRefusal(400, message, { field: stranger });
}

function run(
  { inputs, parameters, call }: Operation,
  tensors: Tensors,
  options: Readonly<Record<string, unknown>>,
): Tensors {
  const named = (names: readonly string[]) =>
    Object.entries(tensors).filter(([name]) => names.includes(name));
  const values = named(parameters).map(([name, { data }]) => [name, data]);
  const y = call(Object.fromEntries(named(inputs)), { ...options, ...Object.fromEntries(values) });
  return { y, ...Object.fromEntries(named(['runningMean', 'runningVar'])) };
}
