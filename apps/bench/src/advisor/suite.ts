// The suite `advisor`: is the pool that chooses near to the best backend, and never much worse than none?
import type { Suite, SuiteRun } from '../suite.ts';
import { advisorPage } from './page.ts';
import { readRun } from './read-run.ts';
import type { AdvisorResult } from './result.ts';
import { runAdvisor } from './run-suite.ts';
import { advisorText } from './table.ts';
import { findWorkload, WORKLOADS } from './workloads.ts';

/** One of so many is in a quick run. */
const QUICK_EVERY = 10;

const reportOf = (result: AdvisorResult): SuiteRun => ({
  result,
  text: advisorText(result),
  page: advisorPage(result),
  isGood: result.problems.length === 0,
});

export const advisor: Suite = {
  about: "auto's choice against every backend, an oracle, and the rules of others",
  cases: WORKLOADS.map(({ id, family }, index) => ({ id, group: family, isQuick: index % QUICK_EVERY === 0 })),
  async run(ids, options) {
    const result = await runAdvisor(
      ids.map((id) => findWorkload(id)!),
      options,
    );
    return reportOf(result);
  },
  simulate: (recorded) => reportOf(readRun(recorded)),
};
