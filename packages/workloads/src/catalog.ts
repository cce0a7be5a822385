/**
 * The list of the workloads, by name, in the order in which tables show them. Each is loaded when it is asked for: in a
 * runner only the one that is measured, so that the code of the others has no part in its start and its memory.
 */
import type { Workload } from './workload.ts';

export const loaders: Readonly<Record<string, () => Promise<Workload>>> = {
  'fetch-many': async () => (await import('./fetch-many/index.ts')).fetchMany,
  minify: async () => (await import('./minify/index.ts')).minify,
  'sort-reduce': async () => (await import('./sort-reduce/index.ts')).sortReduce,
  'responsive-loop': async () => (await import('./responsive-loop/index.ts')).responsiveLoop,
  'n-body': async () => (await import('./n-body/index.ts')).nBody,
  'monte-carlo': async () => (await import('./monte-carlo/index.ts')).monteCarlo,
  mandelbrot: async () => (await import('./mandelbrot/index.ts')).mandelbrot,
  'path-tracer': async () => (await import('./path-tracer/index.ts')).pathTracer,
  'http-service': async () => (await import('./http-service/index.ts')).httpService,
  'hazard-lab': async () => (await import('./hazard-lab/index.ts')).hazardLab,
};
