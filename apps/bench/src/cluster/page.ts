// The report page of the suite.
import { renderPage } from '@heddle/measure';
import type { ClusterResult } from './result.ts';
import { cellsOf, COLUMNS } from './table.ts';

export function clusterPage(result: ClusterResult): string {
  const { card, noise, redis, cases, quick } = result;
  return renderPage({
    title: 'heddle bench: cluster',
    subtitle: 'A map over nodes of one machine, with its Redis, its client and what is killed meanwhile.',
    card,
    sections: [
      {
        kind: 'prose',
        text:
          `${quick ? 'A quick run: a tenth of the inputs, one round. ' : ''}Each round is a fresh program with a fresh Redis ${redis}; ` +
          `client, Redis, nodes and their workers share the cores of this machine. A fixed loop spread by ${Math.round(noise * 100)} % before the run.`,
      },
      ...cases.map(({ id, about, variants }) => ({
        kind: 'table' as const,
        caption: `${id}: ${about}`,
        columns: [...COLUMNS],
        rows: variants.map((variant) => cellsOf(variant)),
      })),
    ],
    data: result,
  });
}
