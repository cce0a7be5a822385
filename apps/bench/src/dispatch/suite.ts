// The suite `dispatch`: heddle's pools beside those of others, and beside plain threads and processes.
import type { Suite } from '../suite.ts';
import { DISPATCH_CASES, findDispatchCase } from './case-table.ts';
import { dispatchPage } from './page.ts';
import { heddleOf } from './result.ts';
import { runDispatch } from './run-suite.ts';
import { dispatchText } from './table.ts';

export const dispatch: Suite = {
  about: "heddle's pools against other pools, plain threads and processes",
  cases: DISPATCH_CASES.map(({ id, group }) => ({ id, group, isQuick: true })),
  async run(ids, options) {
    const result = await runDispatch(
      ids.map((id) => findDispatchCase(id)!),
      options,
    );
    // That others fail is a result.
    const isGood = result.cases.every((one) => heddleOf(one)?.state === 'right');
    return { result, text: dispatchText(result), page: dispatchPage(result), isGood };
  },
};
