import { describe, expect, it } from 'vitest';
import { MachineReader, readMachine } from '../src/index.ts';
import { BARE, HOST, makeTree, mountV1, mountV2, writeTree } from './tree.ts';

const V2 = '/sys/fs/cgroup/job';
const V1 = '/sys/fs/cgroup/cpu,cpuacct/job';
const v2 = (stat: string, quota = '200000 100000') => ({
  ...BARE,
  '/proc/self/mountinfo': mountV2(),
  '/proc/self/cgroup': '0::/job',
  [`${V2}/cpu.max`]: quota,
  [`${V2}/cpu.stat`]: stat,
});
const counters = (periods: number, throttled: number, us: number) =>
  `usage_usec 5\nuser_usec 3\nnr_periods ${periods}\nnr_throttled ${throttled}\nthrottled_usec ${us}\nnr_bursts 0`;
const throttlingOf = (files: Record<string, string>) => readMachine({ root: makeTree(files), host: HOST }).throttling;

describe('the counters beside the quota', () => {
  it('are read in version 2', () => {
    expect(throttlingOf(v2(counters(200, 50, 1_234_000)))).toEqual({
      periods: 200,
      throttledPeriods: 50,
      throttledMs: 1234,
      share: 0.25,
      source: `${V2}/cpu.stat`,
    });
  });

  it('are read in version 1, which counts nanoseconds', () => {
    const files = {
      ...BARE,
      '/proc/self/mountinfo': mountV1('cpu,cpuacct'),
      '/proc/self/cgroup': '4:cpu,cpuacct:/job',
      [`${V1}/cpu.cfs_quota_us`]: '150000',
      [`${V1}/cpu.cfs_period_us`]: '100000',
      [`${V1}/cpu.stat`]: 'nr_periods 10\nnr_throttled 4\nthrottled_time 2500000',
    };
    expect(throttlingOf(files)).toEqual({
      periods: 10,
      throttledPeriods: 4,
      throttledMs: 2.5,
      share: 0.4,
      source: `${V1}/cpu.stat`,
    });
  });

  it('are those of the group with the smallest quota', () => {
    const files = {
      ...v2(counters(10, 1, 0), '400000 100000'),
      '/sys/fs/cgroup/cpu.max': '100000 100000',
      '/sys/fs/cgroup/cpu.stat': counters(10, 9, 0),
    };
    expect(throttlingOf(files)).toMatchObject({ throttledPeriods: 9, source: '/sys/fs/cgroup/cpu.stat' });
  });

  it('have no share before the first period', () => {
    expect(throttlingOf(v2(counters(0, 0, 0)))).toMatchObject({ periods: 0, share: undefined });
  });
});

describe('the share since the last reading', () => {
  const read = (first: string, second: string) => {
    const root = makeTree(v2(first));
    const reader = new MachineReader({ root, host: HOST });
    reader.read();
    writeTree(root, { [`${V2}/cpu.stat`]: second });
    return reader.read().throttling;
  };

  it('counts what came in between only', () => {
    expect(read(counters(1000, 900, 0), counters(1020, 905, 0))).toMatchObject({ periods: 1020, share: 0.25 });
  });

  it('is unknown where no period came in between', () => {
    expect(read(counters(1000, 900, 0), counters(1000, 900, 0))).toMatchObject({ share: undefined });
  });

  it.each([
    ['both', counters(10, 1, 0), 0.1],
    ['that of periods', counters(950, 950, 0), 1],
    ['that of throttled periods', counters(2000, 500, 0), 0.25],
  ])('begins anew with counters that went back: %s', (_, second, share) => {
    expect(read(counters(1000, 900, 0), second)).toMatchObject({ share });
  });

  it('begins anew in another group', () => {
    const root = makeTree(v2(counters(100, 50, 0)));
    const reader = new MachineReader({ root, host: HOST });
    reader.read();
    const other = {
      '/sys/fs/cgroup/other/cpu.max': '100000 100000',
      '/sys/fs/cgroup/other/cpu.stat': counters(200, 50, 0),
    };
    writeTree(root, { '/proc/self/cgroup': '0::/other', ...other });
    expect(reader.read().throttling).toMatchObject({ share: 0.25, source: '/sys/fs/cgroup/other/cpu.stat' });
  });
});

describe('files that do not help', () => {
  it('says nothing without a quota', () => {
    expect(readMachine({ root: makeTree(v2(counters(9, 9, 9), 'max 100000')), host: HOST })).not.toHaveProperty(
      'throttling',
    );
  });

  const texts = [
    '',
    'garbage',
    'nr_periods 5',
    'nr_periods -5\nnr_throttled 1\nthrottled_usec 1',
    'nr_periods 5\nnr_throttled 6\nthrottled_usec 1',
    'nr_periods 5\nnr_throttled 1\nthrottled_usec many',
    `nr_periods ${'9'.repeat(400)}\nnr_throttled 1\nthrottled_usec 1`,
    'x'.repeat(2 * 1024 * 1024),
  ];
  it.each(texts.map((text) => [text.slice(0, 60), text]))('says nothing where the counters say %j', (_, stat) => {
    const machine = readMachine({ root: makeTree(v2(stat)), host: HOST });
    expect(machine).not.toHaveProperty('throttling');
    expect(machine.cores.allowed).toBe(2);
  });
});
