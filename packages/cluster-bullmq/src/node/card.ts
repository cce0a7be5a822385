/** What a node tells of itself with each beat: who it is, its machine, what it serves and what not. */
import { clusterError, type ClusterError } from '../errors.ts';
import type { WantedModule } from '../modules/reference.ts';

/** Why a node does not serve a module that somebody wants. */
export type Refusal =
  | { readonly why: 'missing' }
  | { readonly why: 'hash'; readonly hash: string }
  | { readonly why: 'version' }
  | { readonly why: 'load'; readonly reason: string };

export interface NodeCard {
  readonly id: string;
  /** Host name and process number, for people. */
  readonly name: string;
  /** Of heddle. */
  readonly version: string;
  readonly root: string;
  readonly machine: {
    readonly cores: number;
    readonly memoryBytes: number;
    readonly platform: string;
    readonly node: string;
  };
  readonly state: 'ready' | 'draining';
  /** Chunks at a time. */
  readonly chunks: number;
  /** Module ids. */
  readonly serves: readonly string[];
  readonly refuses: Readonly<Record<string, Refusal>>;
  readonly counters: NodeCounters;
}

export interface NodeCounters {
  /** Chunks whose outcome this node was the first to give, items in them, and chunks that another one was first with. */
  readonly chunks: number;
  readonly items: number;
  readonly late: number;
}

/** Anything may lie in Redis. */
export function parseCard(text: string): NodeCard | undefined {
  try {
    const card = JSON.parse(text) as NodeCard;
    const isCard = typeof card.id === 'string' && Array.isArray(card.serves) && typeof card.refuses === 'object';
    return isCard ? card : undefined;
  } catch {
    return undefined;
  }
}

export function refusalError(card: NodeCard, wanted: WantedModule, refusal: Refusal): ClusterError {
  switch (refusal.why) {
    case 'missing':
      return clusterError('CLUSTER_MODULE_MISSING', wanted.name, card.name, card.root);
    case 'hash':
      return clusterError('CLUSTER_MODULE_HASH', wanted.name, card.name, refusal.hash, wanted.hash);
    case 'version':
      return clusterError('CLUSTER_NODE_VERSION', card.name, card.version, wanted.version);
    case 'load':
      return clusterError('CLUSTER_MODULE_LOAD', wanted.name, card.name, refusal.reason);
  }
}
