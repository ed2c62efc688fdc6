import { describe, expect, test } from 'vitest';
import { gradientsText } from '../../src/kernels/compiled-gradients.ts';
import { kernelsText } from '../../src/kernels/compiled-kernels.ts';
import { pixelsText } from '../../src/kernels/compiled-pixels.ts';
import { vectorsText } from '../../src/kernels/compiled-vectors.ts';
import { decodeBytes } from '../../src/kernels/decode-bytes.ts';
import { createMemory } from '../../src/kernels/kernels.ts';

// Ids of sections: core specification 2.0, 5.5.2.
const START = 8;
const DATA = 11;
const DATA_COUNT = 12;

const KERNELS = [
  'addColumnMoments',
  'addColumnMomentsF64',
  'addMoments',
  'addMomentsF64',
  'applyColumns',
  'applyElements',
  'applyRows',
  'findScales',
  'gather',
  'makeGivenLines',
  'makeLines',
  'mergeMoments',
  'narrow',
  'normalizeColumns',
  'normalizeRows',
  'normalizeTiles',
  'scatter',
  'widen',
];

const GRADIENT_KERNELS = [
  'addColumnGradientSums',
  'addElementGradientSums',
  'addElementSums',
  'addGradientSums',
  'addHeldGradientSums',
  'combineColumns',
  'combineRows',
  'differentiateColumns',
  'differentiateRows',
  'findPieceSums',
  'makeCombinations',
  'mergePieceSums',
  'transpose',
];

// What the kernels of gradients call of the others.
const CALLED = ['addMoments', 'findScales', 'makeLines'];

const VECTOR_KERNELS = ['addNorms', 'addProducts', 'combineVectors', 'countAtLeast', 'transpose'];

const PIXEL_KERNELS = [
  'addByteMoments',
  'addWordMoments',
  'chooseByMask',
  'findSpaceMoments',
  'findTissue',
  'hideByMask',
  'recolour',
  'recolourByLines',
  'recolourInSpace',
  'toBytes',
  'toChannelsLast',
  'toPlanes',
  'toValues',
];

describe.each([
  ['', kernelsText, KERNELS, []],
  [' of gradients', gradientsText, GRADIENT_KERNELS, CALLED],
  [' of vectors', vectorsText, VECTOR_KERNELS, []],
  [' of pictures', pixelsText, PIXEL_KERNELS, []],
])('the module%s', (_, text, kernels, called) => {
  const bytes = decodeBytes(text);
  const module = new WebAssembly.Module(bytes);

  test('imports a memory, the kernels that it calls, and nothing else', () => {
    const imports = WebAssembly.Module.imports(module).map(
      ({ module, name, kind }) => `${kind} ${module} ${name}`,
    );
    const functions = called.map((name) => `function kernels ${name}`);
    expect(imports.sort()).toEqual([...functions, 'memory env memory']);
  });

  test('exports its kernels and nothing else, no memory in particular', () => {
    const names = WebAssembly.Module.exports(module).map(({ name, kind }) => `${kind} ${name}`);
    expect(names.sort()).toEqual(kernels.map((name) => `function ${name}`));
  });

  test('has no static data and no start function, so that memory is as it was', () => {
    const sections = sectionIds(bytes);
    expect(sections.length).toBeGreaterThan(4);
    for (const id of [START, DATA, DATA_COUNT]) expect(sections).not.toContain(id);
  });
});

/** Lists the ids of a module's sections: after 8 bytes of header each has an id, a size in LEB128 and so many bytes. */
function sectionIds(module: Uint8Array): number[] {
  const ids: number[] = [];
  for (let at = 8; at < module.length; ) {
    ids.push(module[at++] as number);
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = module[at++] as number;
      size += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    at += size;
  }
  return ids;
}

describe('a memory of the kernels', () => {
  test('holds what was asked for and never grows', () => {
    const { buffer } = createMemory(100_000).memory;
    expect(buffer.byteLength).toBe(131_072);
    expect(new Uint8Array(buffer).every((byte) => byte === 0)).toBe(true);
  });

  test('is its own for each instance', () => {
    const bufferOf = () => createMemory(1).memory.buffer;
    expect(bufferOf()).not.toBe(bufferOf());
  });
});
