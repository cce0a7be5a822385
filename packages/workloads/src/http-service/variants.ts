/** The same service in four ways. In every one the service is a program of its own, and so is the load. */
import type { Runner, VariantContext, Variants } from '../define-workload.ts';
import { clientsOf } from './input.ts';
import type { HttpServiceSize } from './input.ts';
import type { LoadReport } from './load.ts';
import { startPrograms } from './programs.ts';

export const variants: Variants<HttpServiceSize, LoadReport> = {
  /** One process whose main loop makes the pages: the process is the one worker, and is what is killed. */
  inline: (context) => service('inline', context, 1),
  threads: (context) => service('threads', context, context.workers),
  processes: (context) => service('processes', context, context.workers),
  /** Several processes that each serve alone. */
  cluster: (context) => service('cluster', context, context.workers),
};

async function service(
  kind: string,
  { size, workers: cores }: VariantContext<HttpServiceSize>,
  workers: number,
): Promise<Runner<LoadReport>> {
  const programs = await startPrograms(kind, workers);
  return {
    run: () => programs.run({ durationMs: size.durationMs, clients: clientsOf(cores), workers }),
    close: () => programs.close(),
  };
}
