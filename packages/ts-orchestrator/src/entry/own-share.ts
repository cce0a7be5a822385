/**
 * Takes the part of the cores that this worker was given: see isolation/budget.ts. Before any code of the user, and before anything asks
 * how many there are.
 */
import { shareVariables, type Share } from '../isolation/budget.ts';

export function takeShare(share: Share | undefined): void {
  if (share !== undefined) Object.assign(process.env, shareVariables(process.env, share));
}
