import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { EffectiveCores, Machine } from '@heddle/machine';
import { machineFacts } from '../src/render/machine-facts.ts';
import { heddle, scratchDir } from './heddle.ts';

const GIB = 2 ** 30;

const MACHINE: Machine = {
  cores: { allowed: 2, affinity: 8, quota: 2.5, quotaSource: '/cpu.max', logical: 8, source: '/cpu.max' },
  throttling: { periods: 400, throttledPeriods: 100, throttledMs: 12_500, share: 0.25, source: '/cpu.stat' },
  memory: {
    totalBytes: 16 * GIB,
    limitBytes: 2 * GIB,
    availableBytes: GIB,
    source: '/memory.max',
    swap: { limitBytes: 0, source: '/memory.swap.max' },
  },
  load: {
    one: 1,
    five: 2,
    fifteen: 3,
    pressureCpu10: 12.5,
    pressureMemory10: 0.5,
    group: { pressureCpu10: 80, source: '/group' },
    source: '/proc/loadavg',
  },
  cpu: { model: 'Made Up 3000', simd: 'avx2', source: '/proc/cpuinfo' },
  node: {
    version: 'v24.0.0',
    platform: 'linux',
    arch: 'x64',
    uvThreadpoolSize: 4,
    parallelism: 8,
    totalBytes: 16 * GIB,
    constrainedBytes: 2 * GIB,
    availableBytes: 12 * GIB,
  },
};
const EFFECTIVE: EffectiveCores = {
  cores: 1.25,
  busy: { busyMs: 400, usedCores: 0.75, grantedShare: 0.5 },
  source: '/schedstat',
};

const factsOf = (machine: Partial<Machine> = {}, effective = EFFECTIVE) =>
  Object.fromEntries(machineFacts({ ...MACHINE, ...machine }, effective));

describe('the rows', () => {
  it('say what was found, where, and what Node says instead', () => {
    expect(factsOf()).toEqual({
      'cores to use': '2 (/cpu.max)',
      cores: '8 logical, 8 by affinity, quota 2.5 cores (/cpu.max)',
      'cores given so far': '1.25: ran on 0.750, given 50.0 % of the processor time wanted in 400 ms busy (/schedstat)',
      'stopped by the quota': 'in 100 of 400 periods (25.0 %), 12.5 s over all CPUs (/cpu.stat)',
      memory: '2.00 GiB allowed, 1.00 GiB free (/memory.max)',
      swap: 'off (/memory.swap.max)',
      load: '1 (1 min), 2 (5 min), 3 (15 min)',
      'waited in the last 10 s': 'for cores 12.5 %, memory 0.5 %',
      '  in this control group': 'for cores 80 % (/group)',
      processor: 'Made Up 3000, avx2',
      node: 'v24.0.0 on linux x64, libuv pool 4',
      'os.availableParallelism()': '8, but 2 to use',
      'os.totalmem()': '16.0 GiB, but 2.00 GiB allowed',
      'process.constrainedMemory()': '2.00 GiB, the same',
      'process.availableMemory()': '12.0 GiB, but 1.00 GiB free',
    });
  });

  it('are left out where there is nothing to say', () => {
    const { throttling: _, ...rest } = MACHINE;
    const { swap: __, ...memory } = MACHINE.memory;
    const bare: Machine = {
      ...rest,
      cores: { ...MACHINE.cores, quota: undefined, quotaSource: undefined },
      memory: { ...memory, limitBytes: 16 * GIB },
      load: { one: 0, five: 0, fifteen: 0, source: 'os.loadavg()' },
      node: { ...MACHINE.node, constrainedBytes: undefined },
    };
    const facts = Object.fromEntries(machineFacts(bare, { cores: 2, source: '/proc/self/status' }));
    expect(facts).toMatchObject({
      cores: '8 logical, 8 by affinity, quota none',
      'cores given so far': '2.00, nothing measured (/proc/self/status)',
      'process.constrainedMemory()': 'none, the same',
    });
    for (const name of ['stopped by the quota', 'swap', 'waited in the last 10 s', '  in this control group']) {
      expect(facts).not.toHaveProperty([name]);
    }
  });

  it('show a limit of swap in bytes', () => {
    const memory = { ...MACHINE.memory, swap: { limitBytes: GIB, source: '/swap.max' } };
    expect(factsOf({ memory })['swap']).toBe('1.00 GiB at most (/swap.max)');
  });
});

it('prints them', async () => {
  const { code, stdout } = await heddle(['machine']);
  expect(code).toBe(0);
  for (const name of ['cores to use', 'cores given so far', 'os.totalmem()', 'native kernels']) {
    expect(stdout).toContain(name);
  }
});

it('gives all of it as one line of JSON', async () => {
  const { code, stdout } = await heddle(['machine', '--json']);
  expect(code).toBe(0);
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  const { cores, effective, node, native } = JSON.parse(stdout) as Machine & {
    effective: EffectiveCores;
    native: { available: boolean };
  };
  expect(effective.cores).toBeGreaterThan(0);
  expect(effective.cores).toBeLessThanOrEqual(Math.min(cores.affinity, cores.quota ?? Infinity));
  expect(node.parallelism).toBeGreaterThanOrEqual(1);
  expect(typeof native.available).toBe('boolean');
});

describe('--calibrate', () => {
  interface Made {
    readonly costs: Record<string, Record<string, number>>;
    readonly cloneMsPerMiB: number;
    readonly cloneMsPerThousandObjects: number;
    readonly madeAt: number;
  }
  interface Shown {
    readonly calibration: {
      readonly file?: string;
      readonly problem?: string;
      readonly elapsedMs?: number;
      readonly calibration?: Made;
    };
  }

  it('measures and keeps it; later it is shown', async () => {
    const env = { HEDDLE_CALIBRATION: '', XDG_CACHE_HOME: scratchDir() };
    const before = JSON.parse((await heddle(['machine', '--json'], { env })).stdout) as Shown;
    expect(before.calibration.calibration).toBeUndefined();
    expect(before.calibration.file).toContain(env.XDG_CACHE_HOME);
    const { code, stdout } = await heddle(['machine', '--calibrate', '--json'], { env });
    expect(code).toBe(0);
    const made = (JSON.parse(stdout) as Shown).calibration;
    const { costs, cloneMsPerMiB, cloneMsPerThousandObjects } = made.calibration!;
    expect(costs['threads']!['startMs']).toBeGreaterThan(0);
    expect(cloneMsPerMiB).toBeGreaterThan(0);
    expect(cloneMsPerThousandObjects).toBeGreaterThan(0);
    const { stdout: words } = await heddle(['machine'], { env });
    expect(words).toContain(made.file);
    expect(words).toMatch(/threads .* start /);
    const after = JSON.parse((await heddle(['machine', '--json'], { env })).stdout) as Shown;
    expect(after.calibration.calibration).toEqual(made.calibration);
  });

  it('leaves what programs have found beyond that', async () => {
    const env = { HEDDLE_CALIBRATION: '', XDG_CACHE_HOME: scratchDir() };
    const first = (JSON.parse((await heddle(['machine', '--calibrate', '--json'], { env })).stdout) as Shown)
      .calibration;
    const costs = { ...first.calibration!.costs, processes: { startMs: 123 } };
    writeFileSync(first.file!, JSON.stringify({ version: 1, ...first.calibration, costs }));
    const second = (JSON.parse((await heddle(['machine', '--calibrate', '--json'], { env })).stdout) as Shown)
      .calibration;
    expect(second.calibration!.costs['processes']).toEqual({ startMs: 123 });
    expect(second.calibration!.madeAt).toBeGreaterThan(first.calibration!.madeAt);
  });

  it('shows what it found where that can not be kept, and says so with its exit code', async () => {
    const { code, stdout } = await heddle(['machine', '--calibrate'], { env: { HEDDLE_CALIBRATION: 'off' } });
    expect(stdout).toMatch(/made in .* \(not kept: HEDDLE_CALIBRATION is off\)/);
    expect(code).toBe(1);
  });
});
