import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';

/** Leave nothing behind, so that they can share a process: its start is most of what such a file takes. */
const TOGETHER = [
  'packages/{advisor,core-js}/test/*.test.ts',
  'packages/machine/test/{cores,effective-cores,layouts,machine,memory,throttling}.test.ts',
  'packages/measure/test/{page,parts,statistics}.test.ts',
  'packages/sync/test/{*/*-word{,s},shares/*,errors}.test.ts',
  'packages/ts-orchestrator/test/{clock,errors,liveness,pool,queue,simulation,supervisor,task}/**/*.test.ts',
  'packages/ts-orchestrator/test/auto/{auto-map,plan,run-measures}.test.ts',
  'packages/ts-orchestrator/test/entry/{module-url,run-time,task-runner}.test.ts',
  'packages/ts-orchestrator/test/isolation/{launch,limits,node-options}.test.ts',
  'packages/ts-orchestrator/test/transport/{process-wire,thread-words,ring/paced-wake,ring/park-protocol}.test.ts',
  'packages/workloads/test/{contract,escape-time,split,support-files,*-input,*-parts}.test.ts',
  'packages/workloads/test/{mandelbrot,minify,monte-carlo,n-body,path-tracer,responsive-loop,sort-reduce}-check.test.ts',
  'apps/*/test/**/{case-table,format,options,plan,result,scenarios,slope,verdict}.test.ts',
  'tools/test/{lock,packing,pipelines}.test.ts',
];

/** What takes long and seldom finds anything. `npm test` leaves it out; .ci/run has it run (HEDDLE_LONG_TESTS=1). */
const LONG = ['{packages,apps}/*/test/**/*.long.test.ts', 'tools/test/**/*.long.test.ts'];
const runsLong = process.env['HEDDLE_LONG_TESTS'] === '1';

// Sources are tested as they are (condition @heddle/source); worker entries run from dist/bundle, which `npm test` builds
// first.
export default defineConfig({
  resolve: { conditions: ['@heddle/source'] },
  ssr: { resolve: { conditions: ['@heddle/source'] } },
  test: {
    pool: 'forks',
    // What tests measure and compile is not for the programs of who runs them.
    env: { HEDDLE_CALIBRATION: 'off', HEDDLE_CODE_CACHE: 'off' },
    // One more than vitest takes by itself: most of what is tested here waits for processes.
    maxWorkers: availableParallelism(),
    // A ceiling against a hang, not a judgement of speed: a test waits for its event.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: { name: 'together', include: TOGETHER, exclude: [...configDefaults.exclude, ...LONG], isolate: false },
      },
      {
        extends: true,
        test: {
          name: 'apart',
          include: ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts', 'tools/test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...TOGETHER, ...LONG],
        },
      },
      ...(runsLong ? [{ extends: true as const, test: { name: 'long', include: LONG } }] : []),
    ],
  },
});
