import { describe, expect, test } from 'vitest';
import { expectSameBits } from './closeness.ts';

/**
 * Expects a call to be refused with an error of the right class that names the argument,
 * says what was expected and ends with what came. Expects the watched arrays unchanged.
 */
export function expectRefusal(
  call: () => unknown,
  kind: ErrorConstructor,
  argument: string,
  got: string,
  watched: readonly Float32Array[] = [],
): void {
  const before = watched.map((array) => array.slice());
  const error = thrownBy(call);
  expect(error).toBeInstanceOf(kind);
  const { message } = error as Error;
  expect(message.startsWith(`${argument}: expected `), message).toBe(true);
  expect(message, message).toContain(`, got ${got}`);
  watched.forEach((array, i) => {
    expectSameBits(array, before[i] as Float32Array);
  });
}

/** A call that is refused, and what the refusal says. */
export type RefusedCall = readonly [
  label: string,
  call: () => unknown,
  kind: ErrorConstructor,
  argument: string,
  got: string,
];

/**
 * Tests that each call is refused.
 *
 * @param name of the tests, with %s for the label
 */
export function testRefusedCalls(calls: readonly RefusedCall[], name = 'refuses %s'): void {
  test.each(calls)(name, (_, call, kind, argument, got) => {
    expectRefusal(call, kind, argument, got);
  });
}

/** What is wrong with a call, how it differs from a valid one, and what the refusal says. */
export type Refused<Call> = readonly [
  label: string,
  change: (call: Call) => object,
  kind: ErrorConstructor,
  argument: string,
  got: string,
];

/**
 * Tests that a valid call is accepted, and that each change of it is refused without writing
 * to any of its arrays.
 */
export function testRefusals<Call extends object>(
  validCall: () => Call & { readonly out: unknown },
  make: (call: Record<string, unknown>) => unknown,
  refused: readonly Refused<Call>[],
): void {
  test('is none if nothing was changed', () => {
    const call = validCall();
    expect(make({ ...call })).toBe(call.out);
  });

  test.each(refused)(
    'names the argument and what came, and has written nothing: %s',
    (_, change, kind, argument, got) => {
      const call = validCall();
      const changed = { ...call, ...change(call) };
      expectRefusal(() => make(changed), kind, argument, got, arraysIn(call));
    },
  );
}

/** Returns the arrays among the arguments of a call, and those of its tensors. */
function arraysIn(call: object): Float32Array[] {
  return Object.values(call)
    .map((value) => (value instanceof Float32Array ? value : value?.data))
    .filter((value) => value instanceof Float32Array);
}

function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return expect.fail('expected the call to be refused, but it returned');
}

/** The whole text of a refusal, and the call that is refused. */
export type Message = readonly [message: string, call: () => unknown];

/** Tests the whole texts of refusals. */
export function testMessages(title: string, messages: readonly Message[]): void {
  describe(title, () => {
    test.each(messages)('%s', (message, call) => {
      expect((thrownBy(call) as Error).message).toBe(message);
    });
  });
}
