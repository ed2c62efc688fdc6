import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { instanceNorm, readSafetensors, restyle, Tensor } from '../../src/index.ts';
import { decode } from '../support/codecs.ts';
import { expectSamePixels } from './pixels.ts';
import { send } from './requests.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
// A folder inside the package, so that the package's name resolves there.
const folder = `${root}/build/edge-help`;

beforeAll(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  symlinkSync(`${root}/examples`, `${folder}/examples`);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the examples of the help run as printed, and give what the library gives', async () => {
  const response = await send('/');
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  const text = await response.text();
  const commands = [...text.matchAll(/^ {2}(?:curl|node) .*\n(?: {4}.*\n)*/gm)].map(
    ([found]) => found,
  );
  expect(commands).toHaveLength(3);
  for (const command of commands) {
    expect(command).not.toContain('undefined');
    const { status, stderr } = spawnSync('bash', ['-c', command], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(status, `${command}\n${stderr}`).toBe(0);
  }
  expect(text).toContain(inject('url'));

  const restyled = readFileSync(`${folder}/restyled.png`);
  const photo = (name: string) => decode(readFileSync(`examples/restyle/photos/${name}.jpg`));
  const expected = restyle(await photo('rocket'), await photo('coffee'), {
    strength: 0.7,
    space: 'oklab',
  });
  expectSamePixels(await decode(restyled), expected);

  const { y } = readSafetensors(readFileSync(`${folder}/y.safetensors`));
  expect(y).toEqual(instanceNorm(new Tensor(Float32Array.of(1, 2, 3, 4), [1, 2, 2])));
});
