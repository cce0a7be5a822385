/** What became of shared state, in words. */
import type { SharingName } from './input.ts';
import type { SharingObservation } from './run-program.ts';

/** "0 of 20,000 updates lost; 0.41 µs each". */
export function describeSharing({ seen, ended }: SharingObservation, name: SharingName): string {
  const sharing = seen[name];
  if (sharing === undefined) return ended === 'hangs' ? 'the program hangs' : `the program dies (${ended})`;
  if ('refused' in sharing) return `refused: ${sharing.refused}`;
  if ('counted' in sharing) {
    const { expected, counted, elapsedMs } = sharing;
    const ns = (elapsedMs * 1e6) / expected;
    return `${grouped(expected - counted)} of ${grouped(expected)} updates lost; ${time(ns)} each`;
  }
  if ('outcomes' in sharing) {
    const { outcomes, waitedMs } = sharing;
    return `${outcomes.map((outcome) => (outcome === 'both' ? 'got both' : outcome)).join(', ')}; after ${Math.round(waitedMs)} ms`;
  }
  const { told, wasNextTold, elapsedMs } = sharing;
  return `caller: ${told}; the next owner ${wasNextTold ? 'is told (guard.abandoned)' : 'is told nothing'}; after ${Math.round(elapsedMs)} ms`;
}

const grouped = (count: number): string => count.toLocaleString('en-US');
const time = (ns: number): string => (ns < 1_000 ? `${ns.toPrecision(2)} ns` : `${(ns / 1_000).toPrecision(2)} µs`);
