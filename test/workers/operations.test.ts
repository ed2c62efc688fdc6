// Which public operations use the threads of a shared arena, with each option that chooses another
// way. docs/threads.md has the same table. An operation that is added has to take its place here.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as api from '../../src/index.ts';
import { Control, doPiece } from '../../src/kernels/control.ts';
import { useSpace } from '../../src/memory/memory.ts';
import { Arena } from '../../src/tensor/arena.ts';
import { describeRound } from '../../src/workers/crew.ts';
import { type AnyCrew, Job } from '../../src/workers/job.ts';
import { createDealtMemory } from '../../src/workers/shared-space.ts';
import { expectSameBits } from '../support/closeness.ts';
import { randomPicture } from '../support/pictures.ts';
import { normals } from '../support/random.ts';
import { sizeOf } from '../support/shapes.ts';

const THREADS = 2;
const docs = readFileSync(new URL('../../docs/threads.md', import.meta.url), 'utf8');

/** What an operation shares: its work where tensors lie, that on copies of tiles, or nothing. */
type Share = 'all' | 'in part' | 'one';

/** An arena that does the pieces of all threads itself, and knows what they worked on. */
function watchedArena(): { readonly arena: Arena; share(run: () => void): Share } {
  let [onTensors, onTiles] = [0, 0];
  const arena = new Arena(48 << 20, (bytes) => {
    const { memory, shared, scratchAt, deal } = createDealtMemory(bytes, THREADS);
    const control = new Control();
    const all = new Uint8Array(memory.buffer);
    const crew: AnyCrew = {
      threads: THREADS,
      run({ kernels }, round) {
        const inSpace = round.parameters.some(([at]) => at >= memory.spaceAt && at < scratchAt);
        if (inSpace) onTensors++;
        else onTiles++;
        describeRound(control, THREADS, round);
        for (let piece = 0; piece < round.rows * round.columns; piece++) {
          doPiece(control, kernels, all, piece % THREADS, piece);
        }
      },
    };
    deal(new Job(shared, crew, scratchAt));
    return useSpace(memory);
  });
  const share = (run: () => void): Share => {
    [onTensors, onTiles] = [0, 0];
    run();
    if (onTensors > 0) return 'all';
    return onTiles > 0 ? 'in part' : 'one';
  };
  return { arena, share };
}

const { arena, share: shareOf } = watchedArena();

type Tensors = readonly [x: api.Tensor, gradOutput: api.Tensor, out: api.Tensor];
type Run = (...tensors: Tensors) => { readonly data: Float32Array };

/** Calls on the pixels of a picture, and returns what is written to tensors or bytes. */
type Paint = (image: api.ImageLike, out: api.Tensor) => ArrayLike<number>;

const IMAGES = [4, 32, 48, 48];
const LAST = [4, 48, 48, 32];
const SIGNAL = [4, 32, 2304];
const TOKENS = [384, 768];
const LONG = [24, 12288];

const mask = Uint8Array.from({ length: 4 * 2304 }, (_, i) => Number(i % 3 > 0));
const rowMask = Uint8Array.from({ length: 384 }, (_, i) => Number(i % 3 > 0));
const lengths = [2304, 2000, 1500, 2304];
const nhwc = { layout: 'nhwc' } as const;
const channels = { weight: normals(32, 1), bias: normals(32, 2) };
const given = { runningMean: normals(32, 3), runningVar: new Float32Array(32).fill(2) };
const training = { training: true };
const tokens = { weight: normals(768, 1), bias: normals(768, 2) };
const root = { weight: tokens.weight };
const long = { weight: normals(12288, 1) };

const TABLE: readonly (readonly [name: string, Share, shape: readonly number[], Run])[] = [
  ['`instanceNorm`', 'all', IMAGES, (x, _, out) => api.instanceNorm(x, { ...channels, out })],
  [
    '`instanceNorm`, channels last',
    'all',
    LAST,
    (x, _, out) => api.instanceNorm(x, { ...nhwc, out }),
  ],
  [
    '`instanceNorm` with `lengths`',
    'all',
    SIGNAL,
    (x, _, out) => api.instanceNorm(x, { lengths, out }),
  ],
  [
    '`instanceNorm` with `epsMode`',
    'all',
    IMAGES,
    (x, _, out) => api.instanceNorm(x, { epsMode: 'std', out }),
  ],
  [
    '`instanceNorm` with `useInputStats: false`',
    'all',
    IMAGES,
    (x, _, out) => api.instanceNorm(x, { ...given, useInputStats: false, out }),
  ],
  ['`instanceNorm` with `mask`', 'all', IMAGES, (x, _, out) => api.instanceNorm(x, { mask, out })],
  [
    '`instanceNormBackward`',
    'all',
    IMAGES,
    (x, g, out) => api.instanceNormBackward(g, x, { ...channels, out }).input,
  ],
  [
    '`instanceNormBackward`, channels last',
    'all',
    LAST,
    (x, g, out) => api.instanceNormBackward(g, x, { ...nhwc, out }).input,
  ],
  [
    '`instanceNormBackward` with `mask`',
    'all',
    IMAGES,
    (x, g, out) => api.instanceNormBackward(g, x, { mask, out }).input,
  ],
  ['`batchNorm` in training', 'all', IMAGES, (x, _, out) => api.batchNorm(x, { ...training, out })],
  ['`batchNorm` in evaluation', 'all', IMAGES, (x, _, out) => api.batchNorm(x, { ...given, out })],
  [
    '`batchNorm`, channels last',
    'all',
    LAST,
    (x, _, out) => api.batchNorm(x, { ...training, ...nhwc, out }),
  ],
  [
    '`batchNormBackward` in training',
    'all',
    IMAGES,
    (x, g, out) => api.batchNormBackward(g, x, { ...training, ...channels, out }).input,
  ],
  [
    '`batchNormBackward` in evaluation',
    'all',
    IMAGES,
    (x, g, out) => api.batchNormBackward(g, x, { ...given, ...channels, out }).input,
  ],
  ['`groupNorm`', 'all', IMAGES, (x, _, out) => api.groupNorm(x, 8, { ...channels, out })],
  ['`groupNorm`, channels last', 'all', LAST, (x, _, out) => api.groupNorm(x, 8, { ...nhwc, out })],
  [
    '`groupNormBackward`',
    'all',
    IMAGES,
    (x, g, out) => api.groupNormBackward(g, x, 8, { ...channels, out }).input,
  ],
  ['`layerNorm`', 'all', TOKENS, (x, _, out) => api.layerNorm(x, [768], { ...tokens, out })],
  [
    '`layerNorm` of rows of over 4096 elements',
    'all',
    LONG,
    (x, _, out) => api.layerNorm(x, [12288], { ...long, out }),
  ],
  [
    '`layerNorm` with `mask`',
    'in part',
    TOKENS,
    (x, _, out) => api.layerNorm(x, [768], { mask: rowMask, out }),
  ],
  [
    '`layerNorm` with `axes`',
    'all',
    IMAGES,
    (x, _, out) => api.layerNorm(x, [32], { axes: [1], out }),
  ],
  [
    '`layerNormBackward`',
    'all',
    TOKENS,
    (x, g, out) => api.layerNormBackward(g, x, [768], { ...tokens, out }).input,
  ],
  [
    '`layerNormBackward` of rows of over 4096 elements',
    'all',
    LONG,
    (x, g, out) => api.layerNormBackward(g, x, [12288], { ...long, out }).input,
  ],
  [
    '`layerNormBackward` with `axes`',
    'one',
    IMAGES,
    (x, g, out) => api.layerNormBackward(g, x, [32], { axes: [1], out }).input,
  ],
  ['`rmsNorm`', 'all', TOKENS, (x, _, out) => api.rmsNorm(x, [768], { ...root, out })],
  [
    '`rmsNormBackward`',
    'all',
    TOKENS,
    (x, g, out) => api.rmsNormBackward(g, x, [768], { ...root, out }).input,
  ],
  [
    '`syncBatchNorm`',
    'all',
    IMAGES,
    (x, _, out) => api.syncBatchNorm(x, new api.ChannelMoments(32).update(x), { out }),
  ],
  [
    '`syncBatchNormBackward`',
    'all',
    IMAGES,
    (x, g, out) => {
      const moments = new api.ChannelMoments(32).update(x);
      return api.syncBatchNormBackward(
        g,
        x,
        moments,
        new api.BatchNormSums(32).update(g, x, moments),
        { out },
      ).input;
    },
  ],
  ['`adaptiveInstanceNorm`', 'all', IMAGES, (x, g, out) => api.adaptiveInstanceNorm(x, g, { out })],
  ['`normalize` of rows', 'all', TOKENS, (x, _, out) => api.normalize(x, { out })],
  ['`normalizeBackward`', 'all', TOKENS, (x, g, out) => api.normalizeBackward(g, x, { out }).input],
];

const [WIDTH, HEIGHT] = [400, 300];
const pictureMask = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => Number(i % 3 > 0));
const picture = randomPicture(WIDTH, HEIGHT, 1);
const [style, lab] = [
  api.imageMoments(randomPicture(9, 9, 2)),
  api.imageMoments(randomPicture(9, 9, 2), { space: 'lab' }),
];
const numbersIn = (moments: api.ImageMoments) => [...moments.mean, ...moments.variance()];

const PICTURES: readonly (readonly [name: string, Share, Paint])[] = [
  ['`imageToTensor`', 'all', (image, out) => api.imageToTensor(image, { out }).data],
  [
    '`tensorToImage`',
    'all',
    (image, out) => api.tensorToImage(api.imageToTensor(picture, { out }), { out: image }).data,
  ],
  ['`restyle` in RGB', 'all', (image) => api.restyle(image, style, { out: image }).data],
  ['`restyle` in CIELAB and Oklab', 'all', (image) => api.restyle(image, lab, { out: image }).data],
  [
    '`restyle` with `contentMask`',
    'all',
    (image) => api.restyle(image, style, { contentMask: pictureMask, out: image }).data,
  ],
  ['`imageMoments`', 'all', (image) => numbersIn(api.imageMoments(image))],
  [
    '`imageMoments` with `mask`',
    'all',
    (image) => numbersIn(api.imageMoments(image, { mask: pictureMask })),
  ],
  ['`tissueMask`', 'all', (image) => api.tissueMask(image)],
];

/** Names of what has no large operands, or works by the functions of the table. */
const OTHERS = [
  'Arena',
  'BatchNorm',
  'BatchNormSums',
  'ChannelMoments',
  'GroupNorm',
  'ImageMoments',
  'InstanceNorm',
  'LayerNorm',
  'RMSNorm',
  'RevIN',
  'SharedArena',
  'Tensor',
  'foldBatchNorm',
  'openSafetensors',
  'readSafetensors',
  'ready',
  'writeSafetensors',
];

describe('an operation uses the threads that docs/threads.md says', () => {
  test.each(TABLE)('%s: %s', (name, share, shape, run) => {
    const x = { data: normals(sizeOf(shape), 1), shape };
    const g = { data: normals(sizeOf(shape), 2), shape };
    const plain = [x, g].map(({ data }) => new api.Tensor(data, shape)) as [api.Tensor, api.Tensor];
    const expected = run(...plain, new api.Tensor(new Float32Array(sizeOf(shape)), shape));
    arena.reset();
    const out = arena.tensor(shape);
    const tensors: Tensors = [arena.tensor(x), arena.tensor(g), out];
    expect(shareOf(() => run(...tensors))).toBe(share);
    expectSameBits(out.data, expected.data);
    expect(docs).toContain(`| ${name} | ${share} |`);
  });

  test.each(PICTURES)('%s: %s', (name, share, paint) => {
    const shape = [1, 3, HEIGHT, WIDTH];
    const own = { ...picture, data: picture.data.slice() };
    const expected = paint(own, new api.Tensor(new Float32Array(sizeOf(shape)), shape));
    arena.reset();
    const image = arena.image(WIDTH, HEIGHT);
    image.data.set(picture.data);
    const out = arena.tensor(shape);
    let found: ArrayLike<number> = [];
    const paintThere = () => {
      found = paint(image, out);
    };
    expect(shareOf(paintThere)).toBe(share);
    expect(Array.from(found).every((value, i) => Object.is(value, expected[i]))).toBe(true);
    expect(docs).toContain(`| ${name} | ${share} |`);
  });

  test('data of 16 bits: all', () => {
    const x = arena.tensor(IMAGES, { dtype: 'float16' });
    expect(shareOf(() => api.instanceNorm(x, { out: x }))).toBe('all');
    expect(docs).toContain('| any on data of 16 bits | all |');
  });

  test('or it is known not to take large tensors itself', () => {
    const named = [...TABLE, ...PICTURES].map(([name]) => name).join(' ');
    const missing = Object.keys(api).filter(
      (name) => !OTHERS.includes(name) && !named.includes(`\`${name}\``),
    );
    expect(missing).toEqual([]);
  });
});
