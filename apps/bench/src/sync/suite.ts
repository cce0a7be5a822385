// The suite `sync`: what threads and processes wait for each other with, beside what else there is.
import type { Suite } from '../suite.ts';
import { findSyncCase, SYNC_CASES } from './case-table.ts';
import { syncPage } from './page.ts';
import { runSync } from './run-suite.ts';
import { syncText } from './table.ts';

export const sync: Suite = {
  about: 'locks, channels and barriers between threads and processes, against plain Atomics and packages',
  cases: SYNC_CASES.map(({ id, group }) => ({ id, group, isQuick: true })),
  async run(ids, options) {
    const result = await runSync(
      ids.map((id) => findSyncCase(id)!),
      options,
    );
    // That others fail is a result.
    const isGood = result.cases.every(({ contestants }) =>
      contestants.some(({ name, state }) => name === 'heddle' && state === 'right'),
    );
    return { result, text: syncText(result), page: syncPage(result), isGood };
  },
};
