import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Runs the properties first: they draw from every operation, so one of them fails soonest. */
class PropertiesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => (moduleId.includes('/properties/') ? 0 : 1);
    return [...files].sort((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    include: ['test/{checkpoints,checks,layers,passes,properties,statistics,tensor}/**/*.test.ts'],
    // Suites of large tensors take 40 s together; a mutant is tried in some 2 s.
    exclude: [
      '**/*accuracy.test.ts',
      'test/passes/small-samples.test.ts',
      'test/layers/conformance.test.ts',
      'test/layers/family.test.ts',
      'test/properties/dtypes.test.ts',
      'test/tensor/hostile-arguments.test.ts',
      'test/tensor/arena.test.ts',
    ],
    sequence: { sequencer: PropertiesFirst },
    testTimeout: 120_000,
  },
});
