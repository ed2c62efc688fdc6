import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Latest } from '../../examples/web/page/shared/latest.ts';

it('Latest does the first request and, of those that come meanwhile, only the last', async () => {
  const done: number[] = [];
  const latest = new Latest<number>(async (request) => {
    await setImmediate();
    done.push(request);
  });
  for (const request of [1, 2, 3, 4]) latest.ask(request);
  await expect.poll(() => done).toEqual([1, 4]);
  latest.ask(5);
  await expect.poll(() => done).toEqual([1, 4, 5]);
});
