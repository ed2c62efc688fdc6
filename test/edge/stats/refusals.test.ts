import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Simulation, simulate } from '../../../examples/edge-stats/tools/simulate.ts';
import { expectRefused } from '../requests.ts';

let fleet: Simulation;

beforeAll(async () => {
  fleet = await simulate(inject('fleet'));
});

afterAll(() => fleet?.stop());

test.each([
  ['GET /other?run=a', 404, undefined, 'expected a path of /, /start, /status,'],
  ['GET /start?run=a', 405, undefined, 'expected the method POST, got GET'],
  ['POST /result?run=a', 405, undefined, 'expected the method GET, got POST'],
  ['GET /status', 400, 'run', 'run: expected a name of up to 64 letters,'],
  ['GET /status?run=a/b', 400, 'run', 'got "a/b"'],
  ['GET /status?run=a&shard=2', 400, 'shard', 'shard: expected an option of run, got "shard"'],
  [
    'POST /start?run=a&shard=0',
    400,
    'shard',
    'shard: expected a whole number from 1 to 500, got "0"',
  ],
  ['POST /start?run=a&shard=1.5', 400, 'shard', 'got "1.5"'],
  ['GET /status?run=a', 404, 'run', 'run: a has not begun, or is forgotten'],
] as const)('%s is refused with %i', async (request, status, field, message) => {
  await expectRefused(await fleet.ask(request), status, field, message);
});

test('a request without the secret, or with another, is refused', async () => {
  const url = `${fleet.url}/status?run=a`;
  const expected = "expected the header 'authorization: Bearer TOKEN'";
  await expectRefused(await fetch(url), 401, undefined, expected);
  const headers = { authorization: 'Bearer simulatio' };
  await expectRefused(await fetch(url, { headers }), 401, undefined, expected);
});

test('help needs none', async () => {
  expect(await (await fetch(fleet.url)).text()).toMatch('POST /start?run=NAME');
});

test('a deployment without a secret serves nothing', async () => {
  const open = await simulate(inject('fleet'), { token: '' });
  try {
    const answer = await fetch(`${open.url}/status?run=a`, {
      headers: { authorization: 'Bearer ' },
    });
    await expectRefused(answer, 503, undefined, 'no secret is set: npx wrangler secret put TOKEN');
  } finally {
    await open.stop();
  }
});
