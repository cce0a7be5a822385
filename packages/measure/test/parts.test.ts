import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cycleOrder, hasTimeForCycle } from '../src/compare/schedule.ts';
import { checkSpecs, parseOptions } from '../src/compare/options.ts';
import {
  descendantsCpuMs,
  isAlive,
  parseStat,
  readTree,
  readTreeMemory,
  treeCpuMs,
  treePssBytes,
} from '../src/host/process-tree.ts';
import { machineCard, measureNoise, type CompareOptions } from '../src/index.ts';
import { describeError } from '../src/errors.ts';
import { loopDelay } from '../src/runner/loop-delay.ts';
import { spec } from './support.ts';

describe('order', () => {
  test('each cycle holds all, and each place is taken by each in turn', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.nat(1000), (n, first) => {
        const all = Array.from({ length: n }, (_, index) => index);
        const cycles = all.map((cycle) => cycleOrder(all, first + cycle));
        for (const cycle of cycles) expect(cycle.toSorted((a, b) => a - b)).toEqual(all);
        for (const place of all) expect(new Set(cycles.map((cycle) => cycle[place])).size).toBe(n);
      }),
    );
    expect(cycleOrder([], 3)).toEqual([]);
  });
});

describe('budget', () => {
  const state = {
    cyclesDone: 5,
    minRounds: 3,
    maxRounds: 50,
    elapsedMs: 800,
    budgetMs: 1000,
    cycleMs: 100,
    tailMs: 100,
  };

  test('another cycle only if it and what follows fit', () => {
    expect(hasTimeForCycle(state)).toBe(true);
    expect(hasTimeForCycle({ ...state, tailMs: 101 })).toBe(false);
    expect(hasTimeForCycle({ ...state, elapsedMs: 900 })).toBe(false);
  });

  test('the minimum and the maximum come before the budget', () => {
    expect(hasTimeForCycle({ ...state, cyclesDone: 2, elapsedMs: 1e9 })).toBe(true);
    expect(hasTimeForCycle({ ...state, cyclesDone: 50, elapsedMs: 0 })).toBe(false);
  });
});

describe('options', () => {
  test('defaults', () => {
    expect(parseOptions({ budgetMs: 5 })).toMatchObject({ minRounds: 3, maxRounds: 50, warmupRounds: 1, memory: true });
    expect(parseOptions({ budgetMs: 5, minRounds: 80 }).maxRounds).toBe(80);
  });

  test.each([
    [{ budgetMs: 0 }, 'options.budgetMs: expected milliseconds'],
    [{ budgetMs: Number.NaN }, 'options.budgetMs'],
    [{ budgetMs: 1, minRounds: 0 }, 'options.minRounds: expected an integer from 1 to 10000, got 0'],
    [{ budgetMs: 1, memory: 'warmup', warmupRounds: 0 }, "options.memory: 'warmup' needs options.warmupRounds"],
    [{ budgetMs: 1, maxRounds: 2 }, 'options.maxRounds: expected an integer from 3'],
    [{ budgetMs: 1, warmupRounds: 1.5 }, 'options.warmupRounds'],
    [{ budgetMs: 1, roundTimeoutMs: 2 ** 31 }, 'options.roundTimeoutMs'],
    [{ budgetMs: 1, minrounds: 3 }, "options: unknown key 'minrounds'"],
  ])('refuses %j', (options, message) => {
    expect(() => parseOptions(options as CompareOptions)).toThrow(message);
  });

  test('refuses specs that cannot be told apart or found', () => {
    expect(() => checkSpecs([])).toThrow('specs: expected at least one contestant');
    expect(() => checkSpecs([spec('a', 'spin.js'), spec('a', 'spin.js')])).toThrow("got 'a' twice");
    expect(() => checkSpecs([{ id: 'a', label: 'a', module: './spin.js' }])).toThrow('expected a file: URL');
  });
});

describe('loop delay', () => {
  test('a free loop has none', () => {
    expect(loopDelay([2, 2, 1.9, 2], 2)).toEqual({ p50Ms: 0, p99Ms: 0, maxMs: 0 });
    expect(loopDelay([], 2)).toEqual({ p50Ms: 0, p99Ms: 0, maxMs: 0 });
  });

  test('one stretch: an event in it waits between none and all of it', () => {
    const { p50Ms, p99Ms, maxMs } = loopDelay([302], 2);
    expect(maxMs).toBe(300);
    expect(p50Ms).toBeCloseTo(149, 10);
    expect(p99Ms).toBeCloseTo(296.98, 10);
  });

  test('idle ticks do not outvote a long stretch', () => {
    // 10 ms of ticks beside a stretch of 90 ms.
    const { p50Ms, p99Ms, maxMs } = loopDelay([2, 2, 2, 2, 92], 2);
    expect(maxMs).toBe(90);
    expect(p50Ms).toBeCloseTo(40, 10);
    expect(p99Ms).toBeCloseTo(89, 10);
  });

  test('agrees with waiting times counted one by one', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 20 }), (busy) => {
        // Each stretch of b is followed by 1 of idleness; an event at each hundredth of a unit.
        const waits = busy.flatMap((b) => [
          ...Array.from({ length: b * 100 }, (_, index) => (index + 0.5) / 100),
          ...Array.from({ length: 100 }, () => 0),
        ]);
        waits.sort((a, b) => a - b);
        const delay = loopDelay(
          busy.map((b) => b + 1),
          1,
        );
        for (const [p, value] of [
          [0.5, delay.p50Ms],
          [0.99, delay.p99Ms],
        ] as const) {
          expect(Math.abs(value - waits[Math.floor(p * (waits.length - 1))]!)).toBeLessThanOrEqual(0.02);
        }
      }),
    );
  });
});

describe.skipIf(process.platform !== 'linux')('process tree', () => {
  test('parses a name with blanks and parentheses', () => {
    const stat = '42 (a) b (c) S 7 40 39 0 -1 4194304 1 2 3 4 100 20 3 4 20 0 9 0 777 1 2';
    expect(parseStat(stat)).toEqual({
      pid: 42,
      parent: 7,
      group: 40,
      session: 39,
      state: 'S',
      cpuTicks: 120,
      waitedCpuTicks: 7,
      startTicks: 777,
    });
    expect(parseStat('nonsense')).toBeUndefined();
  });

  test('finds this process and its child, their memory and their time', async () => {
    const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1e6)']);
    try {
      await once(child.stdout, 'data');
      const tree = readTree(process.pid)!;
      const facts = tree.find((member) => member.pid === child.pid);
      expect(facts?.parent).toBe(process.pid);
      expect(isAlive(facts!)).toBe(true);
      const memory = readTreeMemory(process.pid)!;
      expect(memory.processes).toBeGreaterThanOrEqual(2);
      expect(memory.aloneBytes).toBeGreaterThanOrEqual(memory.pssBytes);
      expect(treePssBytes(process.pid)).toBeGreaterThan(treePssBytes(child.pid!)!);
      expect(treeCpuMs(process.pid)).toBeGreaterThan(0);
      child.kill('SIGKILL');
      await once(child, 'exit');
      expect(isAlive(facts!)).toBe(false);
    } finally {
      child.kill('SIGKILL');
    }
  });

  test('has nothing to say of a process that is not there', () => {
    // Beyond the largest process id of Linux.
    const nobody = 2 ** 22 + 1;
    expect(readTree(nobody)).toEqual([]);
    expect(readTreeMemory(nobody)).toBeUndefined();
    expect(treeCpuMs(nobody)).toBeUndefined();
    expect(descendantsCpuMs(nobody)).toBe(0);
  });
});

describe('the machine', () => {
  test('its noise is a spread', async () => {
    const noise = await measureNoise();
    expect(noise).toBeGreaterThanOrEqual(0);
    expect(Number.isFinite(noise)).toBe(true);
  });

  test('its card is plain JSON without names and paths', () => {
    const card = machineCard();
    expect(JSON.parse(JSON.stringify(card))).toEqual(card);
    expect(card.node.version).toBe(process.version);
    expect(card.cores.allowed).toBeGreaterThanOrEqual(1);
    expect(new Date(card.date).toISOString()).toBe(card.date);
    expect(JSON.stringify(card)).not.toMatch(/\/(proc|sys|home|root|tmp)\b/);
  });
});

describe('errors as data', () => {
  test('whatever was thrown', () => {
    expect(describeError(new TypeError('x'))).toMatchObject({ name: 'TypeError', message: 'x' });
    expect(describeError(null)).toEqual({ name: 'Error', message: 'thrown, but no Error: null' });
    expect(describeError(Object.create(null)).message).toBe('thrown, but no Error: something that has no text form');
    expect(describeError(Object.assign(new Error('x'), { code: 5 }))).not.toHaveProperty('code');
  });
});
