// The suite `pool`: the native pool itself, beside other pools of C++, and what a call of it costs from JavaScript.
import type { Suite } from '../suite.ts';
import { findPoolCase, POOL_CASES } from './case-table.ts';
import { poolPage } from './page.ts';
import { heddleOf } from './result.ts';
import { runPool } from './run-suite.ts';
import { poolText } from './table.ts';

export const pool: Suite = {
  about: 'the native pool in C++ against OpenMP and oneTBB, and its calls from JavaScript',
  cases: POOL_CASES.map(({ id, group }) => ({ id, group, isQuick: true })),
  async run(ids, options) {
    const result = await runPool(
      ids.map((id) => findPoolCase(id)!),
      options,
    );
    // That others fail, or are not installed, is a result.
    const isGood = result.cases.every((one) => heddleOf(one)?.state === 'right');
    return { result, text: poolText(result), page: poolPage(result), isGood };
  },
};
