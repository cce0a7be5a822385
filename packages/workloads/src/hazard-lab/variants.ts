/** Every hazard in a program of its own, and all that shares state in one more, on each backend. */
import type { Runner, VariantContext, Variants } from '../define-workload.ts';
import { HAZARDS, SHARINGS } from './input.ts';
import type { Hazard, HazardLabSize, SharingName } from './input.ts';
import { runProgram, runSharing } from './run-program.ts';
import type { Observation, RunningProgram, SharingObservation } from './run-program.ts';

export interface LabOutput {
  hazards: Observation[];
  sharing: SharingObservation;
}

/** Programs at once. A guess: each waits half of its time. */
const AT_ONCE = 2;

export const variants: Variants<HazardLabSize, LabOutput> = {
  inline: async (context) => lab('inline', context),
  threads: async (context) => lab('threads', context),
  processes: async (context) => lab('processes', context),
};

function lab(backend: string, { size }: VariantContext<HazardLabSize>): Runner<LabOutput> {
  const running = new Set<RunningProgram<unknown>>();
  async function observe<Seen>(program: RunningProgram<Seen>): Promise<Seen> {
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
        for (let hazard = waiting.shift(); hazard; hazard = waiting.shift())
          found[hazard] = await observe(runProgram(backend, hazard, size.innocents));
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      // Alone: what tasks do to each other depends on how many cores they have.
      const sharing = await observe(runSharing(backend, Object.keys(SHARINGS).at(-1) as SharingName));
      return { hazards: hazards.map((hazard) => found[hazard]!), sharing };
    },
    async close() {
      for (const program of running) program.kill();
      await Promise.allSettled([...running].map(({ observed }) => observed));
    },
  };
}
