/** The example jobs, each done in every way that applies to it. */
import { fetchMany } from './fetch-many/index.ts';
import { mandelbrot } from './mandelbrot/index.ts';
import { minify } from './minify/index.ts';
import { monteCarlo } from './monte-carlo/index.ts';
import { nBody } from './n-body/index.ts';
import { responsiveLoop } from './responsive-loop/index.ts';
import { sortReduce } from './sort-reduce/index.ts';
import type { Workload } from './workload.ts';

export { VARIANT_KINDS, needsNative } from './workload.ts';
export type { CheckReport, Contestant, CreateOptions, Measure, Size, VariantKind, Workload } from './workload.ts';

/** In the order in which tables show them. */
export const workloads: readonly Workload[] = [
  fetchMany,
  minify,
  sortReduce,
  responsiveLoop,
  nBody,
  monteCarlo,
  mandelbrot,
];

/** The workload of that name, or undefined. */
export function findWorkload(name: string): Workload | undefined {
  return workloads.find((workload) => workload.name === name);
}
