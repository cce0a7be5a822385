import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createPool, type TaskEvent } from '@heddle/ts-orchestrator';
import { CloneCosts } from '../../src/pool/clone-costs.ts';
import { estimateBytes } from '../../src/task/clone-cost.ts';
import { openFakePool } from '../fake-pool.ts';

const MIB = 2 ** 20;

describe('what copies cost', () => {
  it('is a warning when it is more than what the calls run, and enough to be sure', () => {
    let runMs: number | undefined;
    const costs = new CloneCosts(() => runMs);
    const call = (ms: number) => {
      costs.sent('f', { bytes: MIB, ms: ms / 2 });
      costs.received('f', { bytes: MIB, ms: ms / 2 });
      return costs.settled('f');
    };
    // Nobody knows yet how long it runs.
    for (let calls = 0; calls < 20; calls++) expect(call(10)).toBeUndefined();
    runMs = 11;
    expect(call(10)).toBeUndefined();
    expect(costs.warnings()).toEqual([]);
    runMs = 2;
    const warning = { kind: 'cloning', task: 'f', calls: 22, bytes: 44 * MIB, cloneMs: 220, runMs: 44 };
    expect(call(10)).toEqual({ ...warning, advice: expect.stringContaining('transfer') as string });
    // Told once, and true as long as it is.
    expect(call(10)).toBeUndefined();
    expect(costs.warnings()).toHaveLength(1);
    runMs = 100;
    expect(costs.warnings()).toEqual([]);
    expect(costs.counters).toEqual({ bytesOut: 23 * MIB, bytesIn: 23 * MIB, packMs: 115, unpackMs: 115 });
  });

  it('is no warning of few calls, few bytes or little time', () => {
    const tell = (calls: number, bytes: number, ms: number) => {
      const costs = new CloneCosts(() => 0.001);
      for (let call = 0; call < calls; call++) {
        costs.sent('f', { bytes, ms });
        costs.settled('f');
      }
      return costs.warnings().length;
    };
    expect(tell(8, MIB, 10)).toBe(1);
    expect(tell(7, MIB, 10)).toBe(0);
    expect(tell(8, 20_000, 10)).toBe(0);
    expect(tell(8, MIB, 1)).toBe(0);
    expect(new CloneCosts(() => 1).settled('never')).toBeUndefined();
  });

  it('is told in the statistics, and once on the channel before the call that makes it certain settles', async () => {
    const told: TaskEvent[] = [];
    const listen = (event: unknown) => void told.push(event as TaskEvent);
    subscribe('heddle:task', listen);
    onTestFinished(() => void unsubscribe('heddle:task', listen));
    const { pool, links } = await openFakePool({ name: 'copies' }, { cost: { bytes: MIB, ms: 3 } });
    links[0]!.emit({ t: 'run-time', name: 'f', ms: 1 });
    for (let call = 0; call < 10; call++) {
      const result = pool.run('f', [call]);
      links[0]!.reply(call, { bytes: 2 * MIB, ms: 2 });
      await result;
    }
    const { cloning, warnings } = pool.stats();
    expect(cloning).toEqual({ bytesOut: 10 * MIB, bytesIn: 20 * MIB, packMs: 30, unpackMs: 20 });
    expect(warnings).toMatchObject([
      { kind: 'cloning', task: 'f', calls: 10, bytes: 30 * MIB, cloneMs: 50, runMs: 10 },
    ]);
    const ours = told.filter(({ pool: name }) => name === 'copies');
    const at = ours.findIndex(({ type }) => type === 'cloning');
    expect(ours[at]).toMatchObject({ task: 8, name: 'f', calls: 8, bytes: 24 * MIB, cloneMs: 40, runMs: 8 });
    expect(ours[at + 1]).toMatchObject({ type: 'settled', task: 8 });
    expect(ours.filter(({ type }) => type === 'cloning')).toHaveLength(1);
  });

  it.each(['threads', 'processes', 'inline'] as const)('is counted for large values: %s', async (backend) => {
    const pool = await createPool(new URL('../fixtures/large-tasks.mjs', import.meta.url), {
      backend,
      ...(backend === 'inline' ? {} : { workers: 1, execArgv: [] }),
    });
    try {
      for (let call = 0; call < 5; call++) await pool.run('same', [{ a: call }]);
      expect(pool.stats().cloning).toEqual({ bytesOut: 0, bytesIn: 0, packMs: 0, unpackMs: 0 });
      // Inline one copy of sixteen is looked at until a function is known for large ones.
      for (let call = 0; call < 8; call++) await pool.run('bump', [new Float64Array(MIB / 4)]);
      const { bytesOut, bytesIn, packMs } = pool.stats().cloning;
      const least = backend === 'inline' ? 2 * MIB : 16 * MIB;
      expect(bytesOut).toBeGreaterThanOrEqual(least);
      expect(bytesOut).toBeLessThan(16.1 * MIB);
      expect(bytesIn).toBeGreaterThanOrEqual(least);
      expect(packMs).toBeGreaterThan(0);
      // By structured clone.
      for (let call = 0; call < 17; call++)
        await pool.run('same', [Array.from({ length: 50_000 }, (_, index) => `text ${index}`)]);
      expect(pool.stats().cloning.bytesOut).toBeGreaterThan(bytesOut + 300_000);
      expect(pool.stats().cloning.bytesIn).toBeGreaterThan(bytesIn + 300_000);
    } finally {
      await pool.close();
    }
  });
});

it('bytes are estimated from a few parts, without running code', () => {
  expect(estimateBytes('x'.repeat(100))).toBe(100);
  expect(estimateBytes(new Uint8Array(5_000))).toBe(5_000);
  expect(estimateBytes(new Uint8Array(new SharedArrayBuffer(5_000)))).toBe(8);
  expect(estimateBytes({ get a(): never { throw new Error('was run'); } })).toBe(24); // prettier-ignore
  const records = Array.from({ length: 10_000 }, (_, id) => ({ id, text: 'x'.repeat(80) }));
  expect(estimateBytes(records)).toBeGreaterThan(900_000);
  expect(estimateBytes(records)).toBeLessThan(1_300_000);
  expect(estimateBytes(new Map(records.map((record) => [record.id, record])))).toBeGreaterThan(900_000);
  const cycle: unknown[] = [];
  cycle.push(cycle, cycle);
  expect(estimateBytes(cycle)).toBeLessThan(10_000);
});
