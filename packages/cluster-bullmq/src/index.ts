/** Public names only. */
export type { ClusterCallOptions, ClusterMapOptions, ClusterPoolOptions } from './client/client-options.ts';
export { createClusterPool, type AnyModule, type ClusterItem, type ClusterPool } from './client/pool.ts';
export { ClusterError, type ClusterErrorCode } from './errors.ts';
export type { NodeCard, NodeCounters, Refusal } from './node/card.ts';
export { startNode, type ClusterNode } from './node/node.ts';
export type { NodeOptions } from './node/node-options.ts';
