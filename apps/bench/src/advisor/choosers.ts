// Rules that others choose by, applied to the same measurements as `auto`.
import type { FixedBackend } from './contestants.ts';

/** What such a rule may know. */
export interface Known {
  readonly calls: number;
  /** Time of one call inline, by the time of the whole job. */
  readonly inlineCallMs: number;
  readonly cores: number;
}

export interface Chooser {
  readonly label: string;
  readonly about: string;
  choose(known: Known): FixedBackend;
}

const LONG_CALL_MS = 1;
const JEST_CALLS = 20;
const JEST_CALL_MS = 1_000;
const ESLINT_FILES = 50;

export const CHOOSERS = {
  inline: { label: 'always inline', about: 'no pool at all', choose: () => 'inline' },
  threads: { label: 'always threads', about: 'what most pools do', choose: () => 'threads' },
  processes: { label: 'always processes', about: 'what careful pools do', choose: () => 'processes' },
  oneMs: {
    label: '1 ms rule',
    about: 'threads when a call takes a millisecond or more',
    choose: ({ inlineCallMs }) => (inlineCallMs >= LONG_CALL_MS ? 'threads' : 'inline'),
  },
  jest: {
    label: "Jest's rule",
    about: 'inline for at most 20 calls of less than a second each, else processes',
    choose: ({ calls, inlineCallMs, cores }) =>
      cores < 2 || (calls <= JEST_CALLS && inlineCallMs < JEST_CALL_MS) ? 'inline' : 'processes',
  },
  eslint: {
    label: "ESLint's rule",
    about: 'a thread for every 50 calls, at most half of the cores, and none rather than one',
    choose: ({ calls, cores }) => (Math.min(Math.ceil(calls / ESLINT_FILES), cores >> 1) > 1 ? 'threads' : 'inline'),
  },
} as const satisfies Record<string, Chooser>;

export type ChooserName = keyof typeof CHOOSERS;
