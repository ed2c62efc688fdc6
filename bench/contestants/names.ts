/** The limit that the others are held against: a copy of as many bytes. */
export const LIMIT = 'memory.copy';

/** The library, by where its tensors lie. */
export const OURS = {
  arena: 'ours, arena',
  inPlace: 'ours, in place',
  arrays: 'ours, arrays',
  fresh: 'ours, fresh output',
} as const;

/** Tells whether a contestant is the library. */
export function isOurs(name: string): boolean {
  return name.startsWith('ours');
}

export const PLAIN = 'plain JavaScript';
export const ONNXRUNTIME_WEB = 'onnxruntime-web';
export const ONNXRUNTIME_NODE = 'onnxruntime-node';
export const TFJS = 'tfjs-backend-wasm';

/** What PyTorch's contestants begin with; a version and a function follow. */
export const TORCH = 'torch';

/** What follows the name of a peer on more than one thread. */
export function inThreads(threads: number): string {
  return threads === 1 ? '' : `, ${threads} threads`;
}
