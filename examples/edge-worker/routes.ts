import { showHelp } from './help.ts';
import { HttpRefusal } from './http-refusal.ts';
import { normalize } from './normalize.ts';
import { type Bindings, restyle } from './restyle.ts';

interface Route {
  /** For OPTIONS, and for a refusal of others. */
  readonly methods: readonly string[];
  readonly answer: (request: Request, bindings: Bindings) => Response | Promise<Response>;
}

const ROUTES: ReadonlyMap<string, Route> = new Map([
  ['/', { methods: ['GET', 'HEAD', 'OPTIONS'], answer: showHelp }],
  ['/restyle', { methods: ['POST', 'OPTIONS'], answer: restyle }],
  ['/normalize', { methods: ['POST', 'OPTIONS'], answer: normalize }],
]);

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
  const { pathname } = new URL(request.url);
  const route = ROUTES.get(pathname);
  if (route === undefined) {
    const known = [...ROUTES.keys()].join(', ');
    throw new HttpRefusal(404, `expected a path of ${known}, got ${pathname}`);
  }
  const { methods, answer } = route;
  const allow = methods.join(', ');
  if (!methods.includes(request.method)) {
    throw new HttpRefusal(405, `expected a method of ${allow}, got ${request.method}`, {
      headers: { allow },
    });
  }
  if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers: { allow } });
  const response = await answer(request, bindings);
  return request.method === 'HEAD' ? new Response(null, response) : response;
}
