import { describe, expect, test } from 'vitest';
import { kernelsText } from '../../src/kernels/compiled-kernels.ts';
import { decodeBytes } from '../../src/kernels/decode-bytes.ts';
import { instantiateKernels } from '../../src/kernels/kernels.ts';

describe('the module', () => {
  const bytes = decodeBytes(kernelsText);
  const module = new WebAssembly.Module(bytes);

  // Ids of sections: core specification 2.0, 5.5.2.
  const START = 8;
  const DATA = 11;
  const DATA_COUNT = 12;

  test('imports a memory and nothing else', () => {
    expect(WebAssembly.Module.imports(module)).toEqual([
      { module: 'env', name: 'memory', kind: 'memory' },
    ]);
  });

  test('exports its kernels and nothing else, no memory in particular', () => {
    const names = WebAssembly.Module.exports(module).map(({ name, kind }) => `${kind} ${name}`);
    expect(names.sort()).toEqual([
      'function addColumnGradientSums',
      'function addColumnMoments',
      'function addColumnMomentsF64',
      'function addElementGradientSums',
      'function addGradientSums',
      'function addMoments',
      'function addMomentsF64',
      'function applyColumns',
      'function applyElements',
      'function applyRows',
      'function combineColumns',
      'function combineRows',
      'function differentiateColumns',
      'function differentiateRows',
      'function makeCombinations',
      'function makeLines',
      'function mergeMoments',
      'function narrow',
      'function normalizeColumns',
      'function normalizeRows',
      'function widen',
    ]);
  });

  test('has no static data and no start function, so that memory is as it was', () => {
    const sections = sectionIds(bytes);
    expect(sections.length).toBeGreaterThan(4);
    for (const id of [START, DATA, DATA_COUNT]) expect(sections).not.toContain(id);
  });

  test('is at most 24 KB', () => {
    expect(bytes.length).toBeLessThanOrEqual(24 * 1024);
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
    const { buffer } = instantiateKernels(100_000);
    expect(buffer.byteLength).toBe(131_072);
    expect(new Uint8Array(buffer).every((byte) => byte === 0)).toBe(true);
  });

  test('is its own for each instance', () => {
    expect(instantiateKernels(1).buffer).not.toBe(instantiateKernels(1).buffer);
  });
});
