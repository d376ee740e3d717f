import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const conditions = ['@tongsheng/source', 'node', 'import', 'module', 'default'];
const shared = { root, resolve: { conditions }, ssr: { resolve: { conditions } } };

/** Faults first: they mostly wait, and what keeps the cores busy goes on beside them. */
class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const waits = ({ moduleId }: TestSpecification) => moduleId.includes('/test/faults/');
    return [...sorted.filter(waits), ...sorted.filter((file) => !waits(file))];
  }
}

/** `unit`: beside what they test, no servers. `system`: what crosses services, on real servers. `year`: run by `tongsheng bench year`. */
export default defineConfig({
  test: {
    sequence: { sequencer: WaitingFirst },
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          maxWorkers: 2,
          // Ends what hangs; how fast something is, on whatever machine, is no matter of tests.
          testTimeout: 60_000,
          include: [
            '{contracts,infra,services}/**/src/**/*.test.{ts,tsx}',
            'test/guards/**/*.test.ts',
            'test/simulation/**/*.test.ts',
          ],
        },
      },
      {
        ...shared,
        test: {
          name: 'system',
          include: ['test/{journeys,faults,peers}/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 3,
        },
      },
      { ...shared, test: { name: 'year', include: ['test/simulation/*.year.ts'], testTimeout: 86_400_000 } },
    ],
  },
});
