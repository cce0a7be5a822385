/** The example jobs, each done in every way that applies to it. */
import { loaders } from './catalog.ts';
import type { Workload } from './workload.ts';

export { VARIANT_KINDS, needsNative } from './workload.ts';
export type { CheckReport, Contestant, CreateOptions, Measure, Size, VariantKind, Workload } from './workload.ts';

/** In the order in which tables show them. */
export const workloads: readonly Workload[] = await Promise.all(Object.values(loaders).map((load) => load()));

/** The workload of that name, or undefined. */
export function findWorkload(name: string): Workload | undefined {
  return workloads.find((workload) => workload.name === name);
}
