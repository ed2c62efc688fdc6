import { expect } from 'vitest';

/**
 * Expects a call to be refused with an error of the right class, which names the
 * argument, says what was expected and ends with what came; and to have left the
 * watched arrays as they were.
 */
export function expectRefusal(
  call: () => unknown,
  kind: ErrorConstructor,
  argument: string,
  got: string,
  watched: readonly Float32Array[] = [],
): void {
  const before = watched.map(bytesOf);
  const error = thrownBy(call);
  expect(error).toBeInstanceOf(kind);
  const { message } = error as Error;
  expect(message.startsWith(`${argument}: expected `), message).toBe(true);
  expect(message, message).toContain(`, got ${got}`);
  watched.forEach((array, i) => {
    expect(bytesOf(array).equals(before[i] as Buffer), message).toBe(true);
  });
}

function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return expect.fail('expected the call to be refused, but it returned');
}

function bytesOf(array: Float32Array): Buffer {
  return Buffer.from(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
}
