/** The module that a runner process loads: makes one contestant from plain JSON. */
import { loaders } from './catalog.ts';
import type { Contestant, CreateOptions, VariantKind } from './workload.ts';

export interface ContestantOptions extends CreateOptions {
  workload: string;
  kind: VariantKind;
}

/** Rejects with a RangeError that names the bad option; see Workload.create. */
export default async function createContestant({ workload, kind, ...options }: ContestantOptions): Promise<Contestant> {
  if (!Object.hasOwn(loaders, workload)) {
    throw new RangeError(`there is no workload '${String(workload)}'; there are ${Object.keys(loaders).join(', ')}`);
  }
  return (await loaders[workload]!()).create(kind, options);
}
