/**
 * Looks at workers from outside, as the real examiner does: it takes its time, up to its limit, and may be called off.
 */
import type { Examination } from '../../src/errors/examination.ts';
import type { Examiner } from '../../src/liveness/examiner.ts';
import { Chance, STREAMS } from './chance.ts';
import type { World } from './world.ts';

const SEEN: Examination = { verdict: 'busy', workerStack: undefined, summary: 'it was busy' };

export function createSimExaminer(world: World, seed: number): Examiner {
  const chance = new Chance(seed, STREAMS.examiner);
  return {
    examine(_examinee, limitMs, done) {
      let isCalledOff = false;
      const tell = () => {
        if (!isCalledOff) done(SEEN);
      };
      const delayMs = chance.pick([undefined, 0, 1, 30, limitMs]);
      if (delayMs === undefined) tell();
      else world.outside(delayMs, () => world.arrive(tell));
      return () => {
        isCalledOff = true;
      };
    },
  };
}
