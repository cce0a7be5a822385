// Who takes part in a case. The order is that of tables and pages.

export const CONTESTANTS = {
  plain: {
    label: 'plain loop',
    meaning: 'the plainest JavaScript, or what the language has built in',
    isNative: false,
  },
  twin: { label: 'core-js', meaning: '@heddle/core-js: the same kernel in TypeScript', isNative: false },
  'native-1': { label: 'native, 1 thread', meaning: '@heddle/core-native with threads: 1', isNative: true },
  'native-all': {
    label: 'native, all threads',
    meaning: '@heddle/core-native on every core that this program may use',
    isNative: true,
  },
} as const;

/** Above the figures of a library of others. */
export const peerHead = (label: string, kind: 'native-1' | 'native-all'): string =>
  CONTESTANTS[kind].label.replace('native', label);

export type ContestantKind = keyof typeof CONTESTANTS;
export const CONTESTANT_KINDS = Object.keys(CONTESTANTS) as readonly ContestantKind[];

/** What a contestant's runner is told; JSON. */
export interface KernelContestantOptions {
  caseId: string;
  kind: ContestantKind;
  sizes: readonly number[];
}

/** The name under which a round reports the time of one call at a size. */
export function measureKey(size: number): string {
  return `size${size}Ms`;
}

/** The same for what a call would take at the limit of the machine, on the threads of that contestant. */
export function limitKey(size: number, kind: 'native-1' | 'native-all'): string {
  return `size${size}Of${kind}Ms`;
}

/** The same for a call of a library of others, on as many threads as that contestant. */
export function peerKey(size: number, kind: 'native-1' | 'native-all'): string {
  return `size${size}Beside${kind}Ms`;
}
