import { TUNING } from '@heddle/advisor';
import { describe, expect, it } from 'vitest';
import { replayPool } from '../../../src/advisor/replay/auto.ts';
import { measuredWorld } from '../../../src/advisor/replay/measured-world.ts';
import { simulatedWorld } from '../../../src/advisor/replay/simulated-world.ts';
import type { WorkloadProfile } from '../../../src/advisor/record/recording.ts';
import { profileOf, recordingOf, workloadOf } from './recorded.ts';

/** By measured times of a machine on which workers take half. */
function replay(id: string, ms: number, more: Partial<WorkloadProfile> = {}, tuning = TUNING) {
  const workload = workloadOf(id);
  const profile = profileOf(workload, ms, more);
  const recording = recordingOf([profile]);
  const inline = workload.calls * ms;
  const knownMs = { inline, threads: inline / 2, processes: inline / 2 };
  const newMs = { inline: inline + 40, threads: inline / 2 + 90, processes: inline / 2 + 190 };
  const world = measuredWorld({ cores: 2, calls: workload.calls, profile, recording, newMs, knownMs });
  return replayPool({ workload, known: profile.known[0]!, recording, world, tuning });
}

describe('a replayed pool', () => {
  it('stays inline with little work, and takes what inline took', () => {
    const [first, second] = replay('numbers, map: 4 of 1000 us', 1);
    expect([first.backend, second.backend]).toEqual(['inline', 'inline']);
    expect([first.ms, second.ms]).toEqual([44, 4]);
    expect(second.after).toMatchObject({ seen: 8, there: 0 });
  });

  it('leaves in the middle of long work, and finds its worker there the next time', () => {
    const [first, second] = replay('numbers, map: 40 of 5000 us', 5);
    expect(first.backend).toBe('threads');
    // Four calls tell; the start takes 50 ms, of which 10 from what goes on here meanwhile; what is left takes half.
    expect(first.ms).toBeCloseTo(40 + 20 + 50 + (180 - 40) / 2);
    expect(second).toMatchObject({ backend: 'threads', ms: 100 });
  });

  it('takes work that was missed as the price of a start', () => {
    const id = 'numbers, map: 200 of 1000 us';
    expect(replay(id, 1).map(({ backend }) => backend)).toContain('threads');
    const never = replay(id, 1, {}, { ...TUNING, savedStart: 100, paidStart: 1_000 });
    expect(never.map(({ backend }) => backend)).toEqual(['inline', 'inline']);
    expect(never[1].after.crowdMs).toBeCloseTo(400);
  });

  it('never leaves with calls that wait, or that come one after the other', () => {
    const waits = { known: [{ wallMs: 20, spreadMs: 0, computingShare: 0.1, cloneMs: undefined }] };
    expect(replay('timers, map: 40 of 20 ms', 20, waits).map(({ backend }) => backend)).toEqual(['inline', 'inline']);
    expect(replay('records, one by one: 10 of 10000 us', 10).map(({ backend }) => backend)).toEqual([
      'inline',
      'inline',
    ]);
  });

  it('asks of a source that says no number for as many as there were', () => {
    const id = 'unknown number: 40 of 5000 us';
    const first = replay(id, 5)[0];
    const sized = replay('numbers, map: 40 of 5000 us', 5)[0];
    expect(first.ms).toBeGreaterThan(sized.ms);
  });

  it('holds a burst until the first calls have told', () => {
    const [first] = replay('records, burst: 20 of 10000 us', 10);
    expect(first.backend).toBe('threads');
  });
});

describe('a simulated machine', () => {
  const world = (cores: number, id = 'numbers, map: 200 of 1000 us', ms = 1, more: Partial<WorkloadProfile> = {}) => {
    const workload = workloadOf(id);
    const profile = profileOf(workload, ms, more);
    return simulatedWorld({ workload, profile, recording: recordingOf([profile]), cores, setUpMs: 40 });
  };

  it('divides computing work by its cores', () => {
    expect(world(4).inlineMs(0)).toBeCloseTo(200 * 1.003);
    expect(world(4).readyMs('threads', 0)).toBeCloseTo(50 * 1.005, 0);
    expect(world(16).readyMs('threads', 0)).toBeCloseTo(13, 0);
    // One call for each, and no more workers than calls.
    expect(world(64, 'numbers, map: 10 of 20000 us', 20).readyMs('threads', 0)).toBeCloseTo(20, 0);
  });

  it('makes nobody wait longer for more cores', () => {
    for (const backend of ['threads', 'processes'] as const) {
      const ms = [1, 2, 4, 16, 64].map((cores) => world(cores).readyMs(backend, 0));
      expect([...ms].sort((a, b) => b - a)).toEqual(ms);
    }
  });

  it('is bound by what the caller’s thread has to send, and by memory', () => {
    const copies = world(64, 'arrays, one pass: 10 of 1000000 numbers', 1, { copyMs: 10, bytes: 8e6 });
    expect(copies.readyMs('threads', 0)).toBeGreaterThanOrEqual(10 * 5);
    const large = world(64, 'arrays, one pass: 10 of 1000000 numbers', 1, { bytes: 8e7 });
    expect(large.readyMs('threads', 0)).toBeGreaterThanOrEqual((10 * 8e7 * 8) / 1e7);
  });

  it('lets calls that wait overlap on one thread only', () => {
    const waits = { togetherMs: 0.2, computesMs: 0.1 };
    const timers = world(4, 'timers, map: 40 of 20 ms', 20, waits);
    expect(timers.inlineMs(0)).toBeCloseTo(40 * 0.203);
    expect(timers.readyMs('threads', 0)).toBeGreaterThanOrEqual(200);
  });

  it('pays for each start of a pool of one backend, and for one of a pool that moves', () => {
    const four = world(4);
    expect(four.fixedMs('threads', true)).toBeGreaterThan(50 + four.fixedMs('threads', false));
    expect(four.fixedMs('inline', true)).toBe(four.fixedMs('inline', false));
    const { ms, there } = four.leavingMs('threads', 0, 0);
    expect(ms).toBeLessThan(four.inlineMs(0));
    expect(there).toBeGreaterThanOrEqual(1);
    expect(four.leavingMs('threads', 0, 4).ms).toBe(four.readyMs('threads', 0));
  });
});
