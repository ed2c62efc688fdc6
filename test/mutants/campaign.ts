import { compileAll, compileKernels, type ModuleName, NAMES } from '../support/compile-kernels.ts';
import type { Modules, Passed, Verdict } from './child.ts';
import { type Mutation, mutate } from './mutations.ts';
import { Tester } from './tester.ts';

/** What came of a mutation. */
export interface Outcome {
  readonly mutation: Mutation;
  /**
   * 'killed': a test failed, or never ended. 'survived': every test passed, though the
   * kernels wrote something else. 'same': the kernels wrote the same bits in every call of
   * every test. 'invalid': the mutant does not compile.
   */
  readonly fate: 'killed' | 'survived' | 'same' | 'invalid';
  /** The test that failed first, or null where a test never ended. */
  readonly by?: string | null;
}

/** Test files that are run together, by parts of their paths, and the kernels that they run on. */
interface Stage {
  readonly build: 'debug' | 'release';
  readonly files: readonly string[];
}

const STAGES: readonly Stage[] = [
  // The kernels alone, watched: most mutants fail here, and soon.
  { build: 'debug', files: ['test/guard/passes.test.ts', 'test/assembly/'] },
  { build: 'release', files: ['test/images/'] },
  {
    build: 'release',
    files: [
      'test/layers/family.test.ts',
      'test/passes/gradients.test.ts',
      'test/layers/normalize.test.ts',
      'test/layers/lengths.test.ts',
      'test/layers/instance-norm.test.ts',
      'test/layers/batch-norm.test.ts',
      'test/statistics/channel-moments.test.ts',
    ],
  },
  {
    build: 'release',
    files: ['test/layers/accuracy.test.ts', 'test/layers/family-accuracy.test.ts'],
  },
];

// Seconds that a test has on whole kernels.
const PATIENCE = 300;

// A test that takes GRACE seconds and SLOWNESS times what the longest takes on whole kernels counts
// as one that never ends.
const GRACE = 5;
const SLOWNESS = 4;

// Without the tests of the module that is shipped, and without 1e8 elements, which take too long.
const PATTERN = '^(?!the module|a row of 1e8)';

// How many of the tests that killed mutants of the same file are tried before all others.
const KILLERS = 6;

/**
 * Tries each mutation, `jobs` at a time, and yields the outcomes as they come.
 *
 * @param quick whether to do without the tests of the library
 */
export async function* tryMutations(
  mutations: readonly Mutation[],
  jobs: number,
  quick: boolean,
): AsyncGenerator<Outcome> {
  const campaign = new Campaign(quick ? STAGES.slice(0, 1) : STAGES);
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

/** A stage, its whole kernels, and the results of its tests on them. */
interface Whole extends Stage {
  readonly modules: Modules;
  readonly tests: readonly Passed[];
  readonly limit: number;
}

class Campaign {
  readonly #stages: readonly Stage[];
  readonly #whole: Whole[] = [];
  /** The source files of each module. */
  readonly #files = new Map<ModuleName, ReadonlySet<string>>();
  /** By file, the tests that killed its mutants, the latest first. */
  readonly #killers = new Map<string, readonly string[]>();

  constructor(stages: readonly Stage[]) {
    this.#stages = stages;
  }

  /** Runs all tests on whole kernels, which must pass. */
  async prepare(tester: Tester): Promise<void> {
    for (const name of NAMES) this.#files.set(name, await filesOf(name));
    for (const stage of this.#stages) {
      const modules = await compileAll(stage.build);
      const question = { modules, files: stage.files, pattern: PATTERN };
      const verdict = await tester.ask(question, PATIENCE);
      if (verdict === null) throw new Error(`A test of ${stage.files.join(', ')} takes too long.`);
      if (verdict.failed) throw new Error(`It fails on whole kernels: ${verdict.failed}`);
      const tests = verdict.passed;
      const longest = Math.max(...tests.map(({ seconds }) => seconds));
      this.#whole.push({ ...stage, modules, tests, limit: GRACE + SLOWNESS * longest });
    }
  }

  #modulesOf(path: string): readonly ModuleName[] {
    return NAMES.filter((name) => this.#files.get(name)?.has(path));
  }

  async attempt(mutation: Mutation, tester: Tester): Promise<Outcome> {
    const { path, reach } = mutation;
    const edit = (name: string, text: string) => (name === path ? mutate(text, mutation) : text);
    let same = true;
    for (const { build, files, modules: whole, tests, limit } of this.#whole) {
      // A test in which no kernel was seen may call one in a way that is not watched.
      const reached = tests.filter(
        ({ kernels }) => kernels.length === 0 || kernels.some((name) => reach.has(name)),
      );
      const modules = { ...whole };
      try {
        for (const name of this.#modulesOf(path)) {
          modules[name] = toBase64(await compileKernels(build, edit, name));
        }
      } catch {
        return { mutation, fate: 'invalid' };
      }
      const killers = this.#killers.get(path) ?? [];
      const likely = reached.filter(({ name }) => killers.includes(name));
      const others = reached.filter(({ name }) => !killers.includes(name));
      for (const some of [likely, others]) {
        if (some.length === 0) continue;
        const verdict = await tester.ask({ modules, files, pattern: patternOf(some) }, limit);
        if (verdict === null) return { mutation, fate: 'killed', by: null };
        if (verdict.failed) {
          this.#killers.set(path, addKiller(killers, verdict.failed));
          return { mutation, fate: 'killed', by: verdict.failed };
        }
        same &&= wroteTheSame(verdict, tests);
      }
    }
    return { mutation, fate: same ? 'same' : 'survived' };
  }
}

/** Returns the source files that a module is compiled from. */
async function filesOf(name: ModuleName): Promise<ReadonlySet<string>> {
  const files = new Set<string>();
  const note = (path: string, text: string) => {
    files.add(path);
    return text;
  };
  await compileKernels('debug', note, name);
  return files;
}

function wroteTheSame({ passed }: Verdict, whole: readonly Passed[]): boolean {
  const digests = new Map(whole.map(({ id, digest }) => [id, digest]));
  return passed.every(({ id, digest }) => digest === digests.get(id));
}

function addKiller(killers: readonly string[], name: string): readonly string[] {
  return [name, ...killers.filter((other) => other !== name)].slice(0, KILLERS);
}

function patternOf(tests: readonly Passed[]): string {
  return `^(${tests.map(({ name }) => escapeRegExp(name)).join('|')})$`;
}

function toBase64(module: Uint8Array): string {
  return Buffer.from(module).toString('base64');
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
