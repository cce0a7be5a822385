/** Every hazard in a program of its own, on each backend. */
import type { Runner, VariantContext, Variants } from '../define-workload.ts';
import { HAZARDS } from './input.ts';
import type { Hazard, HazardLabSize } from './input.ts';
import { runProgram } from './run-program.ts';
import type { Observation, RunningProgram } from './run-program.ts';

/** Programs at once. A guess: each waits half of its time. */
const AT_ONCE = 2;

export const variants: Variants<HazardLabSize, Observation[]> = {
  inline: async (context) => lab('inline', context),
  threads: async (context) => lab('threads', context),
  processes: async (context) => lab('processes', context),
};

function lab(backend: string, { size }: VariantContext<HazardLabSize>): Runner<Observation[]> {
  const running = new Set<RunningProgram>();
  async function observe(hazard: Hazard): Promise<Observation> {
    const program = runProgram(backend, hazard, size.innocents);
    running.add(program);
    return program.observed.finally(() => running.delete(program));
  }
  return {
    async run() {
      const hazards = Object.keys(HAZARDS) as Hazard[];
      const found: Partial<Record<Hazard, Observation>> = {};
      // The loop takes longest: it comes first.
      const waiting = hazards.toReversed();
      const work = async (): Promise<void> => {
        for (let hazard = waiting.shift(); hazard; hazard = waiting.shift()) found[hazard] = await observe(hazard);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      return hazards.map((hazard) => found[hazard]!);
    },
    async close() {
      for (const program of running) program.kill();
      await Promise.allSettled([...running].map(({ observed }) => observed));
    },
  };
}
