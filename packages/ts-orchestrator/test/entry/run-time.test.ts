import { expect, it } from 'vitest';
import { RunTime } from '../../src/entry/run-time.ts';

it('tells the first run, then only what has changed much', () => {
  const runTime = new RunTime();
  expect(runTime.add(1)).toBe(1);
  expect(runTime.add(1)).toBeUndefined();
  expect(runTime.add(1.2)).toBeUndefined();
  expect(runTime.add(9)).toBeUndefined();
  expect(runTime.add(9)).toBeCloseTo(1.94, 1);
});

it('does not tell of a single run during which the thread stood still', () => {
  const runTime = new RunTime();
  runTime.add(0.002);
  expect(runTime.add(20)).toBeUndefined();
  expect(runTime.add(0.002)).toBeUndefined();
});

it('comes down to what a warm function takes within a few dozen runs, in a handful of words', () => {
  const runTime = new RunTime();
  const told = [runTime.add(2), ...Array.from({ length: 60 }, () => runTime.add(0.005))].filter(
    (ms) => ms !== undefined,
  );
  expect(told.at(-1)).toBeLessThan(0.02);
  expect(told.length).toBeLessThan(20);
});

it('tells nothing apart that is too short or too long to matter', () => {
  const runTime = new RunTime();
  expect(runTime.add(50)).toBe(10);
  expect(runTime.add(5_000)).toBeUndefined();
  const short = new RunTime();
  expect(short.add(0)).toBe(0.001);
  expect(short.add(0)).toBeUndefined();
});
