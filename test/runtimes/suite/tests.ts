import { startTests, type Task, type VitestRunner } from '@vitest/runner';
import { report as reportBits } from './bits.ts';
import type { Report } from './report.ts';

type Files = Readonly<Record<string, () => Promise<unknown>>>;

// The tests of results, which compare with PyTorch, WebNN, ONNX and float64 in every place and layout.
const files: Files = {
  accuracy: () => import('../../layers/accuracy.test.ts'),
  'adaptive-instance-norm': () => import('../../layers/adaptive-instance-norm.test.ts'),
  arena: () => import('../../tensor/arena.test.ts'),
  'batch-norm': () => import('../../layers/batch-norm.test.ts'),
  'channel-moments': () => import('../../statistics/channel-moments.test.ts'),
  conformance: () => import('../../layers/conformance.test.ts'),
  family: () => import('../../layers/family.test.ts'),
  'family-accuracy': () => import('../../layers/family-accuracy.test.ts'),
  gradients: () => import('../../passes/gradients.test.ts'),
  'group-norm': () => import('../../layers/group-norm.test.ts'),
  'image-moments': () => import('../../images/image-moments.test.ts'),
  'image-to-tensor': () => import('../../images/image-to-tensor.test.ts'),
  'instance-norm': () => import('../../layers/instance-norm.test.ts'),
  'layer-norm': () => import('../../layers/layer-norm.test.ts'),
  lengths: () => import('../../layers/lengths.test.ts'),
  restyle: () => import('../../images/restyle.test.ts'),
  'rms-norm': () => import('../../layers/rms-norm.test.ts'),
  'sixteen-bits': () => import('../../tensor/sixteen-bits.test.ts'),
  'state-dict': () => import('../../checkpoints/state-dict.test.ts'),
  'tensor-to-image': () => import('../../images/tensor-to-image.test.ts'),
  'tissue-mask': () => import('../../images/tissue-mask.test.ts'),
};

/** Reports the bits of seeded calls, and what the tests say. */
export async function report(): Promise<Report> {
  const runner: VitestRunner = {
    config: {
      root: '',
      setupFiles: [],
      name: '',
      passWithNoTests: false,
      testNamePattern: undefined,
      allowOnly: false,
      sequence: { seed: 0, hooks: 'stack', setupFiles: 'list' },
      chaiConfig: undefined,
      maxConcurrency: 1,
      testTimeout: 120_000,
      hookTimeout: 120_000,
      retry: 0,
      includeTaskLocation: false,
      tags: [],
      tagsFilter: undefined,
      strictTags: false,
    },
    importFile: (name) => (files[name] as () => Promise<unknown>)(),
  };
  const ran = await startTests(Object.keys(files), runner);
  const tests = ran.flatMap(testsOf);
  const { cases, digest, threads, failures } = await reportBits();
  const failed = [...ran, ...tests].filter(({ result }) => result?.state === 'fail');
  return {
    cases: cases + tests.filter(({ result }) => result?.state === 'pass').length,
    digest,
    threads,
    failures: [...failures, ...failed.map(describe)],
  };
}

function testsOf(task: Task): Task[] {
  return task.type === 'suite' ? task.tasks.flatMap(testsOf) : [task];
}

function describe({ name, file, result }: Task): string {
  const messages = result?.errors?.map(({ message }) => message) ?? [];
  return [`${file.name}: ${name}`, ...messages].join('\n  ');
}
