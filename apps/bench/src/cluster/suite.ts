// The suite `cluster`: a map over nodes, Redis between them, and what a kill costs.
import type { Suite } from '../suite.ts';
import { CLUSTER_CASES } from './orders.ts';
import { clusterPage } from './page.ts';
import { isRight } from './result.ts';
import { runCluster } from './run-suite.ts';
import { clusterText } from './table.ts';

export const cluster: Suite = {
  about: 'a map over several nodes: by size of chunk, after a kill, under a kill each second; needs redis-server',
  cases: CLUSTER_CASES.map(({ id }) => ({ id, group: id, isQuick: true })),
  async run(ids, options) {
    const result = await runCluster(
      CLUSTER_CASES.filter(({ id }) => ids.includes(id)),
      options,
    );
    return { result, text: clusterText(result), page: clusterPage(result), isGood: isRight(result) };
  },
};
