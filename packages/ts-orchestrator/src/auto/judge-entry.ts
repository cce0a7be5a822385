/**
 * The judge of a pool that chooses: the advisor, what backends cost, and what of that is kept on this machine. A file of its own, which the first
 * question loads (load-judge.ts). It holds copies of the little that it uses of other rooms, so nothing of that may have a state.
 */
import { Advice } from './advice.ts';
import { LiveCosts } from './backend-costs.ts';
import { openCalibrationStore } from './calibration-file.ts';
import type { Judge, JudgeParts } from './judge.ts';
import { PoolCalibration } from './pool-calibration.ts';

export function createJudge({ cloning, onCosts, ...parts }: JudgeParts): Judge {
  const costs = new LiveCosts();
  const open = () => openCalibrationStore(parts.machine);
  const calibration = new PoolCalibration({ costs, open, cloning, onUsed: onCosts });
  const advice = new Advice({ ...parts, costs, calibration: () => calibration.state });
  return {
    ask: (name, matter) => advice.ask(name, matter),
    askFirst: () => advice.askFirst(),
    explain: () => advice.explain(),
    started: (backend, ms) => costs.started(backend, ms),
    readCalibration: () => calibration.read(),
    keepCalibration: () => calibration.keep(),
  };
}
