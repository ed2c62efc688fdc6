import { compileKernels } from '../compile-kernels.ts';
import { type Mutation, mutate } from './mutations.ts';
import { Tester } from './tester.ts';

/** What came of a mutation. */
export interface Outcome {
  readonly mutation: Mutation;
  /**
   * 'killed': a test failed, or never ended. 'survived': none did, though the
   * kernels wrote something else. 'same': they wrote the same bits in every call of
   * every test. 'invalid': it does not compile.
   */
  readonly fate: 'killed' | 'survived' | 'same' | 'invalid';
  /** The test that failed first; null where one never ended. */
  readonly by?: string | null;
}

/** Test files that are run together. */
type Stage = readonly string[];

// The kernels by themselves: most fail there, and soon.
const FIRST: Stage = ['test/guard/passes.test.ts', 'test/kernels.test.ts'];

const LATER: readonly Stage[] = [
  [
    'test/family.test.ts',
    'test/gradient.test.ts',
    'test/lengths.test.ts',
    'test/instance-norm.test.ts',
    'test/batch-norm.test.ts',
    'test/channel-moments.test.ts',
  ],
  ['test/accuracy.test.ts', 'test/family-accuracy.test.ts'],
];

// Seconds that whole kernels have for any of the tests, and others have beside.
const PATIENCE = 300;
const GRACE = 10;

// The module that is shipped is another, and 1e8 elements take too long.
const PATTERN = '^(?!the module|a row of 1e8)';

// So many tests that killed mutants of the same file are tried before all others.
const KILLERS = 12;

/**
 * Tries each mutation, several at a time, and yields the outcomes as they come.
 *
 * @param quick whether to do without the tests of the library
 */
export async function* tryMutations(
  mutations: readonly Mutation[],
  jobs: number,
  quick: boolean,
): AsyncGenerator<Outcome> {
  const campaign = new Campaign(quick ? [FIRST] : [FIRST, ...LATER]);
  const testers = Array.from({ length: jobs }, () => new Tester());
  try {
    await campaign.prepare(testers[0] as Tester);
    const queue = [...mutations];
    const running = new Map<Tester, Promise<[Tester, Outcome]>>();
    const next = (tester: Tester) => {
      const mutation = queue.shift();
      if (!mutation) return;
      const outcome = campaign.attempt(mutation, tester);
      running.set(
        tester,
        outcome.then((found) => [tester, found]),
      );
    };
    testers.forEach(next);
    while (running.size > 0) {
      const [tester, outcome] = await Promise.race(running.values());
      running.delete(tester);
      next(tester);
      yield outcome;
    }
  } finally {
    for (const tester of testers) tester.end();
  }
}

class Campaign {
  readonly #stages: readonly Stage[];
  /** What whole kernels write, stage by stage. */
  readonly #digests: string[] = [];
  /** The seconds after which a test has no end: longer than all of them took whole kernels. */
  readonly #limits: number[] = [];
  readonly #killers = new Map<string, string[]>();

  constructor(stages: readonly Stage[]) {
    this.#stages = stages;
  }

  /** Runs all tests on whole kernels, which must pass. */
  async prepare(tester: Tester): Promise<void> {
    const kernels = toBase64(await compileKernels('debug'));
    for (const files of this.#stages) {
      const begin = performance.now();
      const verdict = await tester.ask({ kernels, files, pattern: PATTERN }, PATIENCE);
      if (verdict === null) throw new Error(`A test of ${files.join(', ')} takes too long.`);
      if (verdict.failed) throw new Error(`It fails on whole kernels: ${verdict.failed}`);
      this.#digests.push(verdict.digest);
      this.#limits.push(GRACE + (performance.now() - begin) / 1000);
    }
  }

  async attempt(mutation: Mutation, tester: Tester): Promise<Outcome> {
    const { path } = mutation;
    let kernels: string;
    try {
      const edit = (name: string, text: string) => (name === path ? mutate(text, mutation) : text);
      kernels = toBase64(await compileKernels('debug', edit));
    } catch {
      return { mutation, fate: 'invalid' };
    }
    const killers = this.#killers.get(path) ?? [];
    this.#killers.set(path, killers);
    if (killers.length > 0) {
      const pattern = `^(${killers.map(escapeRegExp).join('|')})$`;
      const limit = this.#limits[0] as number;
      const verdict = await tester.ask({ kernels, files: FIRST, pattern }, limit);
      if (verdict === null || verdict.failed) {
        return { mutation, fate: 'killed', by: verdict?.failed ?? null };
      }
    }
    let same = true;
    for (const [i, files] of this.#stages.entries()) {
      const limit = this.#limits[i] as number;
      const verdict = await tester.ask({ kernels, files, pattern: PATTERN }, limit);
      if (verdict === null) return { mutation, fate: 'killed', by: null };
      if (verdict.failed) {
        if (i === 0)
          killers.splice(0, killers.length, verdict.failed, ...killers.slice(0, KILLERS - 1));
        return { mutation, fate: 'killed', by: verdict.failed };
      }
      same &&= verdict.digest === this.#digests[i];
    }
    return { mutation, fate: same ? 'same' : 'survived' };
  }
}

function toBase64(module: Uint8Array): string {
  return Buffer.from(module).toString('base64');
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
