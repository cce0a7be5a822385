// One contestant of a case, in a process of its own for the whole case.
import type { Contestant } from '@heddle/measure';
import { findDispatchCase } from './case-table.ts';
import { DISPATCH_CONTESTANTS, type DispatchContestantOptions } from './contestants.ts';
import type { OpenPool } from './peers/pool-under-test.ts';
import { createScenario } from './scenarios/create.ts';
import { Expectations, type Place } from './scenarios/scenario.ts';

/** Equal for all: what is wrong is told in words. */
const DIGEST = 'checked value by value';

export default async function createDispatchContestant(options: DispatchContestantOptions): Promise<Contestant> {
  const { caseId, contestant, quick } = options;
  const one = findDispatchCase(caseId);
  if (one === undefined) throw new RangeError(`there is no case '${caseId}'`);
  const { adapter: name, backend } = DISPATCH_CONTESTANTS[contestant];
  const adapter = new URL(`./peers/${name}.js`, import.meta.url).href;
  const expect = new Expectations();
  const place: Place = {
    backend,
    adapter,
    expect,
    async open(values) {
      const { open } = (await import(adapter)) as { open: OpenPool };
      return open({ backend, values });
    },
  };
  const scenario = await createScenario(place, quick ? one.quick : one.full);
  return {
    round: () => scenario.round(),
    check: () => ({ digest: DIGEST, ...(expect.problem === undefined ? {} : { problem: expect.problem }) }),
    close: async () => void (await scenario.close()),
  };
}
