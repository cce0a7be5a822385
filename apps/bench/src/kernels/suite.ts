// The suite `kernels`: @heddle/core-native, on one thread and on all, against the fastest JavaScript.
import type { Suite } from '../suite.ts';
import { findCase, KERNEL_CASES } from './case-table.ts';
import { suitePage } from './page.ts';
import { runKernels } from './run-suite.ts';
import { suiteText } from './table.ts';

export const kernels: Suite = {
  about: 'native kernels against the fastest JavaScript',
  cases: KERNEL_CASES.map(({ id, kernel, quickSizes }) => ({ id, group: kernel, isQuick: quickSizes.length > 0 })),
  async run(ids, options) {
    const result = await runKernels(
      ids.map((id) => findCase(id)!),
      options,
    );
    const isGood = result.cases.every(({ agrees }) => agrees);
    return { result, text: suiteText(result), page: suitePage(result), isGood };
  },
};
