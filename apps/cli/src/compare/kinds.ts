// The columns of every comparison, in the order they are shown, and what each one is.
import type { VariantKind } from '@heddle/workloads';

export interface Kind {
  readonly id: VariantKind;
  readonly label: string;
  readonly meaning: string;
  /** The task runs in another process: an abort or a segmentation fault there leaves the caller alive. */
  readonly survivesCrash: boolean;
  readonly needsNative: boolean;
}

export const KINDS: readonly Kind[] = [
  {
    id: 'inline',
    label: 'inline',
    meaning: 'plain JavaScript on the main thread',
    survivesCrash: false,
    needsNative: false,
  },
  {
    id: 'threads',
    label: 'threads',
    meaning: 'JavaScript in worker threads',
    survivesCrash: false,
    needsNative: false,
  },
  {
    id: 'processes',
    label: 'processes',
    meaning: 'JavaScript in child processes',
    survivesCrash: true,
    needsNative: false,
  },
  {
    id: 'auto',
    label: 'auto',
    meaning: 'a pool that chooses inline, threads or processes by what the calls take',
    survivesCrash: false,
    needsNative: false,
  },
  {
    id: 'native-1',
    label: 'native x1',
    meaning: 'the C++ kernel on one thread',
    survivesCrash: false,
    needsNative: true,
  },
  {
    id: 'native-all',
    label: 'native',
    meaning: 'the C++ kernel on all cores allowed',
    survivesCrash: false,
    needsNative: true,
  },
  {
    id: 'processes-native',
    label: 'proc+native',
    meaning: 'child processes that each run the C++ kernel with their share of the cores',
    survivesCrash: true,
    needsNative: true,
  },
  {
    id: 'cluster',
    label: 'cluster',
    meaning: 'several server processes that share a port (node:cluster)',
    survivesCrash: true,
    needsNative: false,
  },
];

export function kindOf(id: string): Kind {
  const kind = KINDS.find((candidate) => candidate.id === id);
  if (!kind) throw new Error(`no such kind of variant: ${id}`);
  return kind;
}

/** What `auto` chooses from. */
export const CHOICES = ['inline', 'threads', 'processes'] as const satisfies readonly VariantKind[];
