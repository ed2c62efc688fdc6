import { refuseValue } from '../checks/refuse.ts';

// What other files begin with, in small letters.
const OTHER_FILES: readonly (readonly [beginning: string, name: string])[] = [
  ['version https://git-lfs', 'a Git LFS pointer, which stands for a file that was not fetched'],
  ['<!doctype', 'HTML'],
  ['<html', 'HTML'],
  ['<?xml', 'XML'],
  ['pk\x03\x04', 'a zip archive, as PyTorch saves in .bin and .pt'],
  ['\x80\x02\x8a', 'a pickle, as old versions of PyTorch saved in .bin and .pt'],
  ['gguf', 'GGUF'],
  ['\x1f\x8b\x08', 'gzip'],
  ['\x93numpy', 'a NumPy array'],
  ['\x89hdf', 'HDF5'],
];

/** How many bytes of a file tell what it is. */
export const BEGINNING = 40;

/** Refuses a file of another kind that can be told by its beginning. */
export function refuseOtherFile(beginning: Uint8Array): void {
  const text = String.fromCharCode(...beginning)
    .trimStart()
    .toLowerCase();
  const [, name] = OTHER_FILES.find(([start]) => text.startsWith(start)) ?? [];
  if (name) refuseValue('safetensors', 'a header and data', `a file that begins like ${name}`);
}
