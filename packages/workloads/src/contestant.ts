/** The module that a runner process loads: makes one contestant from plain JSON. */
import { findWorkload, workloads } from './index.ts';
import type { Contestant, CreateOptions, VariantKind } from './workload.ts';

export interface ContestantOptions extends CreateOptions {
  workload: string;
  kind: VariantKind;
}

/** Rejects with a RangeError that names the bad option; see Workload.create. */
export default async function createContestant({ workload, kind, ...options }: ContestantOptions): Promise<Contestant> {
  const found = findWorkload(workload);
  if (!found) {
    const names = workloads.map(({ name }) => name).join(', ');
    throw new RangeError(`there is no workload '${String(workload)}'; there are ${names}`);
  }
  return found.create(kind, options);
}
