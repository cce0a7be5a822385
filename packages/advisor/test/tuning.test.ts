import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, TUNING, type Backend, type Question, type Tuning } from '../src/index.ts';
import { computing, COSTS, waiting, WARM } from './questions.ts';

const goesTo = (question: Question, tuning: Partial<Tuning>): Backend =>
  decide(question, { ...TUNING, ...tuning }).backend;

/** One call of each kind and number, with workers that are there or not. */
const question = fc
  .record({
    ms: fc.double({ min: 0.001, max: 100, noNaN: true }),
    calls: fc.integer({ min: 1, max: 10_000 }),
    isReady: fc.boolean(),
    missedMs: fc.double({ min: 0, max: 500, noNaN: true }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ ms, calls, isReady, missedMs, share }) =>
    waiting(ms, ms * share, calls, { costs: isReady ? WARM : COSTS, missedMs }),
  );

const ascending = (max: number) =>
  fc
    .tuple(fc.double({ min: 0, max, noNaN: true }), fc.double({ min: 0, max, noNaN: true }))
    .map(([a, b]) => [Math.min(a, b), Math.max(a, b)]);

describe('thresholds', () => {
  it('are those in use where none are given', () => {
    fc.assert(
      fc.property(question, (one) => {
        expect(decide(one, TUNING)).toEqual(decide(one));
      }),
    );
  });

  it.each([
    ['leaveGain', 0.99],
    ['savedStart', 3],
    ['paidStart', 5],
    ['computesShare', 1],
  ] as const)('of more %s never leave inline where less stays', (name, max) => {
    fc.assert(
      fc.property(question, ascending(max), (one, [less, more]) => {
        if (goesTo(one, { [name]: less }) === 'inline') expect(goesTo(one, { [name]: more })).toBe('inline');
      }),
    );
  });

  it.each([
    // Ready workers take half of the time.
    ['leaveGain', computing(1, 1_000, { costs: WARM }), { leaveGain: 0.9 }, 'inline'],
    // Threads that start save something, but not many of their starts.
    ['savedStart', computing(10, 30), { savedStart: 4 }, 'inline'],
    // 60 ms were missed, of a start of 50.
    ['paidStart', computing(1, 60, { missedMs: 60 }), { paidStart: 2 }, 'inline'],
    // A quarter of a call waits.
    ['computesShare', waiting(1, 0.75, 1_000, { costs: WARM }), { computesShare: 0.8 }, 'inline'],
  ] as const)('%s decides', (_, one, tuning, backend) => {
    expect(goesTo(one, {})).not.toBe('inline');
    expect(goesTo(one, tuning)).toBe(backend);
  });

  it('nearTie decides between threads and processes', () => {
    const one = computing(10, 100, { costs: WARM });
    expect(goesTo(one, { nearTie: 0.05 })).toBe('processes');
    expect(goesTo(one, { nearTie: 0 })).toBe('threads');
  });
});
