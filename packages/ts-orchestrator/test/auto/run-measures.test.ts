import { describe, expect, it } from 'vitest';
import { LoopUse } from '../../src/auto/loop-use.ts';
import { RunMeasures } from '../../src/auto/run-measures.ts';
import { Samples } from '../../src/auto/samples.ts';

/** Measures on an event loop that the test turns: `pass(ms, isActive)`. */
function measuring() {
  const loop = { nowMs: 0, activeMs: 0 };
  const measures = new RunMeasures(new LoopUse(() => ({ ...loop })));
  const pass = (ms: number, isActive: boolean) => {
    loop.nowMs += ms;
    if (isActive) loop.activeMs += ms;
  };
  return { measures, pass, f: measures.of('f') };
}

describe('samples', () => {
  it('give the median and the median distance, of the last ones', () => {
    const samples = new Samples();
    for (const value of [100, 1, 2, 3, 100]) samples.add(value);
    expect(samples.spread).toEqual({ median: 3, spread: 2 });
    for (let n = 0; n < 15; n++) samples.add(7);
    expect(samples.spread).toEqual({ median: 7, spread: 0 });
    expect(samples).toMatchObject({ size: 15, least: 7 });
  });
});

describe('what calls take', () => {
  it('of a plain function is computing', () => {
    const { measures, f } = measuring();
    expect(f.times()).toEqual({ wallMs: undefined });
    for (const ms of [9, 5, 5, 6, 5]) measures.returned('f', ms, false);
    expect(f.times()).toEqual({ wallMs: { median: 5, spread: 0 }, cpuMs: { median: 5, spread: 0 } });
    expect(f.seemsToWait).toBe(false);
  });

  it('of one that waits is seen before it is done', () => {
    const { measures, pass, f } = measuring();
    let told = 0;
    measures.onWaited = () => told++;
    measures.returned('f', 0.02, true);
    expect(f.seemsToWait).toBe(true);
    expect(told).toBe(1);
    pass(20, false);
    measures.settled('f', 20);
    expect(f.seemsToWait).toBe(true);
    expect(f.times()).toMatchObject({ wallMs: { median: 20 }, cpuMs: { median: 0.02 } });
  });

  it('of one that computes before its promise is computing', () => {
    const { measures, pass, f } = measuring();
    measures.returned('f', 5, true);
    expect(f.seemsToWait).toBe(false);
    pass(5, true);
    measures.settled('f', 5.1);
    expect(f.times().cpuMs!.median).toBe(5);
    expect(f.seemsToWait).toBe(false);
  });

  it('of one that computes after an await shows in the loop, where several overlap', () => {
    const { measures, pass, f } = measuring();
    for (let n = 0; n < 4; n++) measures.returned('f', 0.01, true);
    for (let n = 1; n <= 4; n++) {
      pass(5, true);
      measures.settled('f', 5 * n);
    }
    expect(f.times()).toMatchObject({ wallMs: { median: 5 }, cpuMs: { median: 5 } });
    expect(f.seemsToWait).toBe(false);
  });

  it('of many that are begun at once is not all done by the first of them', () => {
    const { measures, pass, f } = measuring();
    for (let n = 0; n < 500; n++) {
      pass(0.05, true);
      measures.returned('f', 0.01, true);
    }
    for (let n = 0; n < 3; n++) measures.settled('f', 26);
    expect(f.times().cpuMs!.median).toBeLessThan(1);
    for (let n = 0; n < 497; n++) measures.settled('f', 26);
    expect(f.times().cpuMs!.median).toBeCloseTo(0.05, 2);
    expect(f.seemsToWait).toBe(true);
  });

  it('of one that waits still is waiting where other work fills the loop', () => {
    const { measures, pass, f } = measuring();
    for (let n = 0; n < 4; n++) measures.returned('f', 0.01, true);
    pass(20, true);
    for (let n = 0; n < 4; n++) measures.settled('f', 20);
    expect(f.times()).toMatchObject({ wallMs: { median: 20 }, cpuMs: { median: 5 } });
    // One alone can't be told from the other work: what it was seen to compute itself counts.
    const alone = measuring();
    alone.measures.returned('f', 0.01, true);
    alone.pass(20, true);
    alone.measures.settled('f', 20);
    expect(alone.f.times()).toMatchObject({ cpuMs: { median: 0.01 } });
  });
});
