import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Sources are tested as they are (condition @heddle/source); worker entries run from dist/bundle, which `npm test` builds
// first.
export default defineConfig({
  resolve: { conditions: ['@heddle/source'] },
  ssr: { resolve: { conditions: ['@heddle/source'] } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts', 'tools/test/**/*.test.ts'],
    pool: 'forks',
    // One more than vitest takes by itself: most of what is tested here waits for processes.
    maxWorkers: availableParallelism(),
    // A ceiling against a hang, not a judgement of speed: a test waits for its event.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
