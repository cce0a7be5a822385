import { expect, it } from 'vitest';
import { CpuBudget } from '../../src/isolation/cpu-budget.ts';
import { watchMemory } from '../../src/isolation/memory-watch.ts';
import { FakeClock } from '../fake-clock.ts';

it('memory is looked at the more often the closer it is to its limit', () => {
  const clock = new FakeClock();
  const resident = new Map([[1, 100]]);
  const looksAt: number[] = [];
  const exceeded: number[] = [];
  watchMemory({
    clock,
    limitMiB: 500,
    members: () => [...resident.keys()],
    residentKiB(pid) {
      if (pid === 1) looksAt.push(clock.now());
      return resident.get(pid)! * 1024;
    },
    onExceeded: (usedMiB) => exceeded.push(usedMiB),
  });
  clock.advance(100);
  expect(looksAt).toEqual([0, 100]);
  resident.set(1, 480);
  clock.advance(100);
  clock.advance(10);
  clock.advance(10);
  expect(looksAt).toEqual([0, 100, 200, 210, 220]);
  // The processes that it started count with it.
  resident.set(2, 21);
  clock.advance(1_000);
  expect(exceeded).toEqual([501]);
});

it('a watch that is stopped looks no more', () => {
  const clock = new FakeClock();
  let looks = 0;
  const watch = watchMemory({
    clock,
    limitMiB: 500,
    members: () => [1],
    residentKiB: () => ++looks,
    onExceeded: () => expect.fail('nothing is exceeded'),
  });
  watch.stop();
  clock.advance(10_000);
  expect(looks).toBe(1);
});

it('each task gets at least its budget of CPU time', () => {
  let used: number | undefined = 0;
  const limits: number[] = [];
  const budget = new CpuBudget({ cpuSeconds: 10, usedSeconds: () => used, raise: (limit) => limits.push(limit) });
  for (used of [0.2, 0.4, 0.6, 0.9, 9.3, undefined]) budget.renew();
  expect(limits).toEqual([12, 20]);
});
