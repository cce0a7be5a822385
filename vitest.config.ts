import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';

/** Leave nothing behind, so that they can share a process: its start is most of what such a file takes. */
const TOGETHER = [
  'packages/sync/test/{*/*-word{,s},shares/*}.test.ts',
  'packages/ts-orchestrator/test/{clock,errors,pool,queue}/**/*.test.ts',
  'packages/workloads/test/{contract,split,*-input,*-parts}.test.ts',
  'packages/workloads/test/{mandelbrot,minify,monte-carlo,n-body,responsive-loop,sort-reduce}-check.test.ts',
];

// Sources are tested as they are (condition @heddle/source); worker entries run from dist/bundle, which `npm test` builds
// first.
export default defineConfig({
  resolve: { conditions: ['@heddle/source'] },
  ssr: { resolve: { conditions: ['@heddle/source'] } },
  test: {
    pool: 'forks',
    // One more than vitest takes by itself: most of what is tested here waits for processes.
    maxWorkers: availableParallelism(),
    // A ceiling against a hang, not a judgement of speed: a test waits for its event.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'together', include: TOGETHER, isolate: false } },
      {
        extends: true,
        test: {
          name: 'apart',
          include: ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts', 'tools/test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...TOGETHER],
        },
      },
    ],
  },
});
