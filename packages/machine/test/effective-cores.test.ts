import { describe, expect, it } from 'vitest';
import { MachineReader } from '../src/index.ts';
import { BARE, HOST, makeTree, mountV2, writeTree } from './tree.ts';

const CLOCKS = '/proc/self/task/*/schedstat';

/** A thread's two clocks in ms, as the kernel writes them. */
type Clocks = readonly [ranMs: number, waitedMs: number];

const clocks = (threads: readonly Clocks[], from = 100) =>
  Object.fromEntries(
    threads.map(([ran, waited], index) => [
      `/proc/self/task/${from + index}/schedstat`,
      `${ran * 1e6} ${waited * 1e6} 42`,
    ]),
  );
const quota = (text: string) => ({
  '/proc/self/mountinfo': mountV2(),
  '/proc/self/cgroup': '0::/job',
  '/sys/fs/cgroup/job/cpu.max': text,
});

/** A reader of a tree that can be told what comes next. */
function tell(files: Record<string, string>) {
  const root = makeTree(files);
  let processorMs = 0;
  const reader = new MachineReader({
    root,
    host: {
      ...HOST,
      get processorMs() {
        return processorMs;
      },
    },
  });
  return {
    reader,
    next(threads: readonly Clocks[], processor: number) {
      processorMs = processor;
      writeTree(root, clocks(threads));
      return reader.effectiveCores();
    },
  };
}

describe('what the clocks of the threads say', () => {
  it('is the ceiling where nobody waited', () => {
    expect(tell(BARE).next([[500, 0]], 500)).toEqual({
      cores: 8,
      busy: { busyMs: 500, usedCores: 1, grantedShare: 1 },
      source: CLOCKS,
    });
  });

  it('is the granted part of the ceiling where few threads were ready', () => {
    expect(tell(BARE).next([[300, 100]], 300)).toMatchObject({ cores: 6, busy: { busyMs: 400, usedCores: 0.75 } });
  });

  it('is what the process ran on where more threads were ready than there are cores', () => {
    const sixteen = Array.from({ length: 16 }, (): Clocks => [250, 750]);
    expect(tell(BARE).next(sixteen, 4000)).toMatchObject({
      cores: 4,
      busy: { busyMs: 1000, usedCores: 4, grantedShare: 0.25 },
    });
  });

  it('does not take its own threads in line for want of cores', () => {
    const many = Array.from({ length: 32 }, (): Clocks => [250, 750]);
    expect(tell(BARE).next(many, 8000).cores).toBe(8);
  });

  it('does not count idle time', () => {
    const { next } = tell(BARE);
    next(
      [
        [100, 100],
        [0, 0],
      ],
      100,
    );
    // Whatever time has passed: the clocks went on by 200 ms, run and waited.
    expect(
      next(
        [
          [200, 200],
          [0, 0],
        ],
        200,
      ),
    ).toMatchObject({ cores: 4, busy: { busyMs: 200 } });
  });

  it('counts processor time of threads that have ended', () => {
    expect(tell({ ...BARE, ...quota('200000 100000') }).next([[100, 300]], 600)).toMatchObject({
      cores: 1.5,
      busy: { usedCores: 1.5, grantedShare: 0.25 },
    });
  });

  it.each([
    ['25000 100000', 0.25],
    ['150000 100000', 1.5],
    ['1600000 100000', 8],
  ])('never exceeds a quota of %s', (text, cores) => {
    expect(
      tell({ ...BARE, ...quota(text) }).next(
        Array.from({ length: 9 }, () => [500, 0]),
        4500,
      ).cores,
    ).toBe(cores);
  });
});

describe('one reading after the other', () => {
  it('compares with the last one', () => {
    const { next } = tell(BARE);
    expect(next([[1000, 0]], 1000).cores).toBe(8);
    expect(next([[1100, 300]], 1100)).toMatchObject({ cores: 2, busy: { busyMs: 400, usedCores: 0.25 } });
    expect(next([[1500, 300]], 1500).cores).toBe(8);
  });

  it('keeps the last one until a period of busy time has come together', () => {
    const { next } = tell(BARE);
    const first = next([[100, 100]], 100);
    expect(first.cores).toBe(4);
    expect(next([[160, 100]], 160)).toEqual(first);
    expect(next([[199, 100]], 199)).toEqual(first);
    expect(next([[200, 100]], 200)).toMatchObject({ cores: 8, busy: { busyMs: 100 } });
  });

  it('takes a thread whose clocks went back for a new one', () => {
    const { next } = tell(BARE);
    next([[1000, 1000]], 1000);
    expect(next([[150, 50]], 1150)).toMatchObject({ cores: 6, busy: { busyMs: 200 } });
  });

  it('is the business of each reader alone', () => {
    const root = makeTree({ ...BARE, ...clocks([[100, 300]]) });
    const one = new MachineReader({ root, host: HOST });
    expect(one.effectiveCores().cores).toBe(2);
    writeTree(root, clocks([[500, 300]]));
    expect(one.effectiveCores().cores).toBe(8);
    expect(new MachineReader({ root, host: HOST }).effectiveCores().cores).toBe(5);
  });

  it('sees a quota that `read` has found changed', () => {
    const root = makeTree({ ...BARE, ...quota('400000 100000'), ...clocks([[500, 0]]) });
    const reader = new MachineReader({ root, host: HOST });
    expect(reader.effectiveCores().cores).toBe(4);
    writeTree(root, quota('200000 100000'));
    reader.read();
    expect(reader.effectiveCores().cores).toBe(2);
  });
});

describe('files that do not help', () => {
  it('gives what Node says without any', () => {
    expect(new MachineReader({ root: makeTree({}), host: HOST }).effectiveCores()).toEqual({
      cores: 7,
      source: 'os.availableParallelism()',
    });
  });

  it.each([
    ['8 CPUs', BARE, 8, '/proc/self/status'],
    ['a quota', { ...BARE, ...quota('50000 100000') }, 0.5, '/sys/fs/cgroup/job/cpu.max'],
  ])('gives the ceiling before any busy time: %s', (_, files, cores, source) => {
    expect(tell(files).next([[60, 39]], 60)).toEqual({ cores, source });
  });

  const nines = '9'.repeat(400);
  const texts = [
    '',
    '0 0 0',
    '0 500000000 7',
    '5',
    'a b c',
    '-5 -5 1',
    '1e9 1e9 1',
    `${nines} 1 1`,
    'x'.repeat(2 * 1024 * 1024),
  ];
  it.each(texts.map((text) => [text.slice(0, 20), text]))('gives the ceiling where a clock says %j', (_, text) => {
    const root = makeTree({ ...BARE, '/proc/self/task/100/schedstat': text });
    expect(new MachineReader({ root, host: HOST }).effectiveCores()).toEqual({ cores: 8, source: '/proc/self/status' });
  });

  it('survives a file in the place of the folder, and a folder in the place of a file', () => {
    for (const files of [{ '/proc/self/task': 'x' }, { '/proc/self/task/1/schedstat/x': 'x' }]) {
      expect(new MachineReader({ root: makeTree(files), host: HOST }).effectiveCores().cores).toBe(7);
    }
  });

  it('reads a bounded number of threads', () => {
    const root = makeTree({
      ...BARE,
      ...clocks(
        Array.from({ length: 1030 }, () => [100, 100]),
        1000,
      ),
    });
    expect(new MachineReader({ root, host: HOST }).effectiveCores().busy).toEqual({
      busyMs: 200,
      usedCores: 512,
      grantedShare: 0.5,
    });
  });
});

it('gives this process something, and no more than it may have', () => {
  const reader = new MachineReader();
  const { cores } = reader.read();
  const effective = reader.effectiveCores();
  expect(effective.cores).toBeGreaterThan(0);
  expect(effective.cores).toBeLessThanOrEqual(Math.min(cores.affinity, cores.quota ?? Infinity));
});
