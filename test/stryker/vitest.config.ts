import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// Those of the views take a second together. Properties draw from every operation, so one of
// them fails soonest.
const FIRST = ['/test/views/', '/test/passes/', '/test/properties/'];

class QuickestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const found = FIRST.findIndex((folder) => moduleId.includes(folder));
      return found < 0 ? FIRST.length : found;
    };
    return [...files].sort((a, b) => rank(a) - rank(b));
  }
}

// Some folders have tests of their own, which say in seconds what kernels are called with.
const OWN: Readonly<Record<string, readonly string[]>> = {
  passes: ['test/passes', 'test/views'],
  views: ['test/views', 'test/passes/{normalize-channels,way}'],
};

const own = OWN[process.env.MUTATED_FOLDER ?? ''];

const OTHERS = 'test/{checkpoints,checks,layers,passes,properties,statistics,tensor,views}';

export default defineConfig({
  test: {
    include: (own ?? [OTHERS]).flatMap((path) => [`${path}/**/*.test.ts`, `${path}.test.ts`]),
    // Suites of large tensors take 40 s together; a mutant is tried in some 2 s.
    exclude: [
      '**/*accuracy.test.ts',
      'test/passes/small-samples.test.ts',
      ...(own ? ['test/passes/gradients.test.ts'] : []),
      'test/layers/conformance.test.ts',
      'test/layers/family.test.ts',
      'test/properties/dtypes.test.ts',
      'test/tensor/hostile-arguments.test.ts',
      'test/tensor/arena.test.ts',
    ],
    sequence: { sequencer: QuickestFirst },
    testTimeout: 120_000,
    // To load the library anew for each file takes as long as such tests.
    isolate: own === undefined,
  },
});
