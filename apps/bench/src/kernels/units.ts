// The units of the figures, once for all cases: what a unit of work is, and how a time becomes a figure.

export interface Unit {
  /** What one unit of a case's work is. */
  readonly counts: string;
  readonly better: 'lower' | 'higher';
  /** The figure of `work` done in `ms` milliseconds. */
  of(work: number, ms: number): number;
}

const PER_MS = 1e6; // nanoseconds in a millisecond, and thousands of millions per second in units per millisecond

export const UNITS = {
  'ns/element': { counts: 'elements', better: 'lower', of: (work, ms) => (ms * PER_MS) / work },
  'ns/sample': { counts: 'samples', better: 'lower', of: (work, ms) => (ms * PER_MS) / work },
  'GB/s': { counts: 'bytes read and written', better: 'higher', of: (work, ms) => work / ms / PER_MS },
  'GFLOP/s': { counts: 'additions and multiplications', better: 'higher', of: (work, ms) => work / ms / PER_MS },
  'Gpair/s': { counts: 'pairs of bodies', better: 'higher', of: (work, ms) => work / ms / PER_MS },
  'Mpath/s': { counts: 'paths of light', better: 'higher', of: (work, ms) => work / ms / 1e3 },
  'Mpixel/s': { counts: 'pixels', better: 'higher', of: (work, ms) => work / ms / 1e3 },
} as const satisfies Record<string, Unit>;

export type UnitName = keyof typeof UNITS;
