// Large bytes between processes through memory that both have. Through real workers: a lane is nothing without another process.
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createPool, sharedArray, type Pool, type PoolOptions } from '@heddle/ts-orchestrator';
import type { UntypedModule } from '../../src/task/module-types.ts';
import { hasSegments } from '@heddle/codec';
import { loadOsServices } from '../../src/task/os-services.ts';
import { LANE_BYTES_MAX, LaneSender } from '../../src/transport/byte-lane.ts';
import { SegmentLine } from '../../src/transport/segment-line.ts';

const isMissing = process.platform !== 'linux' || (await loadOsServices()) === undefined;

async function withPool(options: PoolOptions, use: (pool: Pool<UntypedModule>) => Promise<void>): Promise<void> {
  const pool = await createPool(new URL('../fixtures/large-tasks.mjs', import.meta.url), {
    backend: 'processes',
    workers: 1,
    execArgv: [],
    ...options,
  });
  try {
    await use(pool);
  } finally {
    await pool.close();
  }
}

/** Bit for bit, and quick. */
const isSame = (value: unknown, array: Float64Array) =>
  value instanceof Float64Array && Buffer.from(value.buffer).equals(Buffer.from(array.buffer as ArrayBuffer));

const filled = (length: number, value = 1) => new Float64Array(length).fill(value);

describe.skipIf(isMissing)('large values of worker processes', () => {
  it('go through a lane once both have it, and come back exact', () =>
    withPool({}, async (pool) => {
      for (let round = 0; round < 6; round++) {
        const sent = filled(100_000, round);
        const back = (await pool.run('bump', [sent])) as Float64Array;
        expect([back.length, back[0], back[1], back[99_999]]).toEqual([100_000, round + 1, round, round + 1]);
        expect(back.buffer.byteLength).toBe(800_000);
        expect(sent[0]).toBe(round);
        // An array of its own, which can be handed on.
        expect(structuredClone(back, { transfer: [back.buffer as ArrayBuffer] })).toHaveLength(100_000);
      }
      expect(await pool.run('mappedBytes')).toBeGreaterThan(1_600_000);
    }));

  it('also those that V8 packs, several in one call, and with a shared array beside them', () =>
    withPool({}, async (pool) => {
      const text = 'x'.repeat(200_000);
      const shared = sharedArray(Int32Array, 8, { across: 'processes' });
      for (let round = 0; round < 4; round++) {
        const value = [text, new Error('inside'), new Float64Array(8), { round }];
        expect(await pool.run('same', [value])).toEqual(value);
        // The last argument is the shared one, the first goes through the lane.
        expect(isSame(await pool.run('same', [filled(60_000, round), shared]), filled(60_000, round))).toBe(true);
      }
      expect(pool.stats().shared).toEqual({ segments: 1, bytes: 4_096 });
    }));

  it('find a larger lane when they grow, and the pipe when they are too large for any', () =>
    withPool({}, async (pool) => {
      for (const length of [20_000, 300_000, 20_000, 900_000, 900_000, LANE_BYTES_MAX / 8 + 1, 900_000])
        expect(await pool.run('bump', [filled(length, 3)])).toHaveLength(length);
      expect(await pool.run('mappedBytes')).toBeLessThan(2 * LANE_BYTES_MAX);
    }));

  it('wait for nobody: what finds the lane taken goes through the pipe', () =>
    withPool({}, async (pool) => {
      await pool.run('bump', [filled(50_000)]);
      await pool.run('bump', [filled(50_000)]);
      const seen: number[] = [];
      for await (const item of pool.stream('arrays', [40, 50_000])) {
        expect(new Set(item as Float64Array).size).toBe(1);
        seen.push((item as Float64Array)[9]!);
      }
      expect(seen).toEqual(Array.from({ length: 40 }, (_, index) => index));
    }));

  it('are not lost with a worker that ends, and leave nothing', async () => {
    const openFiles = () => fs.readdirSync('/proc/self/fd').length;
    let before = 0;
    for (let round = 0; round < 3; round++) {
      await withPool({ workers: 2 }, async (pool) => {
        const calls = Array.from({ length: 12 }, (_, index) =>
          index % 4 === 3
            ? pool.run('die', [filled(60_000)]).catch((error: { code: string }) => error.code)
            : pool.run('same', [filled(60_000, index)], { retries: 3 }),
        );
        for (const [index, value] of (await Promise.all(calls)).entries())
          expect(index % 4 === 3 ? value === 'HEDDLE_WORKER_DIED' : isSame(value, filled(60_000, index))).toBe(true);
      });
      // Lanes go when their views are collected: some may be left of each round, but they don't add up.
      (globalThis as { gc?: () => void }).gc?.();
      before ||= openFiles();
    }
    expect(openFiles()).toBeLessThan(before + 60);
  });

  it('make no value of the host be looked through for shared arrays', () =>
    withPool({}, async (pool) => {
      const had = hasSegments();
      for (let round = 0; round < 3; round++) await pool.run('bump', [filled(50_000)]);
      expect(hasSegments()).toBe(had);
    }));
});

describe('a lane that nobody can have', () => {
  it('is not missed: the bytes go as they are', () => {
    const sender = new LaneSender(undefined);
    const bytes = new Uint8Array(100_000);
    expect(sender.send(bytes)).toBe(bytes);
    expect(sender.allocate(100_000)).toBeUndefined();
    // A descriptor that is no socket.
    const file = fs.openSync(process.execPath, 'r');
    const { outbound, inbound } = new SegmentLine(file);
    expect(outbound.send(bytes)).toBe(bytes);
    expect(outbound.send(bytes)).toBe(bytes);
    inbound.accept(1);
    fs.closeSync(file);
    expect(() => inbound.read(1, 8, () => 1)).toThrow('there is no such lane');
    new SegmentLine(undefined).inbound.accept(1);
  });
});
