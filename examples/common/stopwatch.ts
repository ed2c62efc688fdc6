/** Adds up the time that each part of the work takes. */
export class Stopwatch {
  readonly #milliseconds = new Map<string, number>();

  /** Returns what `work` returns. */
  time<Result>(part: string, work: () => Result): Result {
    const start = performance.now();
    const result = work();
    const spent = this.#milliseconds.get(part) ?? 0;
    this.#milliseconds.set(part, spent + performance.now() - start);
    return result;
  }

  /** Returns each part with its time. */
  parts(): readonly string[] {
    return [...this.#milliseconds].map(
      ([part, milliseconds]) => `${part} ${milliseconds.toFixed(0)} ms`,
    );
  }

  toString(): string {
    return this.parts().join(', ');
  }
}
