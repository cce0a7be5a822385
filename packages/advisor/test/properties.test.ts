// What holds for every question, sensible or absurd.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BACKENDS, decide, LEAVE_GAIN, type Isolation, type Question } from '../src/index.ts';

const backend = fc.constantFrom(...BACKENDS);
const isolation = fc.constantFrom<Isolation>('none', 'heap', 'process', 'sandbox');
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

/** Questions whose numbers come from `number`. */
function questions(number: fc.Arbitrary<number>, cores: fc.Arbitrary<number> = number): fc.Arbitrary<Question> {
  const spread = fc.record({ median: number, spread: number });
  const costs = fc.record({
    startMs: number,
    callerMs: number,
    workerMs: number,
    latencyMs: number,
    memoryMiB: number,
    isReady: fc.boolean(),
  });
  return fc.record({
    profile: fc.record({
      name: fc.string(),
      wallMs: maybe(spread),
      cpuMs: maybe(spread),
      cloneMs: maybe(number),
      bytes: maybe(number),
      crashes: maybe(number),
      memoryCrashes: maybe(number),
    }),
    work: fc.record({ calls: number, atOnce: maybe(cores) }),
    machine: fc.record({ cores, memoryMiB: maybe(number) }),
    costs: fc.record({ inline: costs, threads: costs, processes: costs }),
    workersMax: maybe(cores),
    wishes: maybe(
      fc.record({
        require: fc.record({
          isolation: maybe(isolation),
          interruption: maybe(fc.boolean()),
          sharedMemory: maybe(fc.boolean()),
        }),
        prefer: fc.record({ isolation: maybe(isolation), sharedMemory: maybe(fc.boolean()) }),
        objective: maybe(fc.constantFrom('throughput', 'latency', 'memory')),
      }),
    ),
    observedMs: maybe(fc.record({ inline: number, threads: number, processes: number }, { requiredKeys: [] })),
    current: maybe(backend),
    unavailable: maybe(fc.array(fc.record({ backend, reason: fc.string() }), { maxLength: 3 })),
  });
}

const sensible = questions(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.integer({ min: 1, max: 64 }));
const absurd = questions(
  fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, -1, 0, -0, 1e308, Number.MIN_VALUE)),
);
const any = fc.oneof(sensible, absurd);
const LEVELS: readonly Isolation[] = ['none', 'heap', 'process', 'sandbox'];
const HIGHEST = { inline: 'none', threads: 'heap', processes: 'sandbox' } as const;

describe('every decision', () => {
  it('is made, names a backend and at least one worker, and says why', () => {
    fc.assert(
      fc.property(any, (question) => {
        const decision = decide(question);
        expect(BACKENDS).toContain(decision.backend);
        expect(Number.isInteger(decision.workers) && decision.workers >= 1).toBe(true);
        expect(decision.sentence).not.toMatch(/undefined|NaN,|\[object/);
        for (const ms of Object.values(decision.predictedMs)) expect(ms).not.toBeNaN();
      }),
    );
  });

  it('is the same for the same question', () => {
    fc.assert(
      fc.property(any, (question) => {
        expect(decide(structuredClone(question))).toEqual(decide(question));
      }),
    );
  });

  it('never gives up isolation or interruption that is required, nor what crashes have shown to be needed', () => {
    fc.assert(
      fc.property(any, (question) => {
        const { backend } = decide(question);
        const { isolation = 'none', interruption } = question.wishes?.require ?? {};
        expect(LEVELS.indexOf(HIGHEST[backend])).toBeGreaterThanOrEqual(LEVELS.indexOf(isolation));
        if (interruption === true || question.profile.crashes! > 0) expect(backend).not.toBe('inline');
        if (question.profile.memoryCrashes! > 0) expect(backend).toBe('processes');
      }),
    );
  });

  it('is none that is ruled out, unless all are', () => {
    fc.assert(
      fc.property(any, (question) => {
        const { backend, ruledOut, why } = decide(question);
        if (why === 'conflict') expect(ruledOut).toHaveLength(3);
        else expect(ruledOut.map((out) => out.backend)).not.toContain(backend);
      }),
    );
  });

  it('leaves inline only for a predicted gain that is worth it', () => {
    fc.assert(
      fc.property(sensible, (question) => {
        const plain = { ...question, wishes: undefined, current: undefined };
        const { backend, predictedMs } = decide(plain);
        if (backend === 'inline' || predictedMs.inline === undefined) return;
        expect(predictedMs[backend]!).toBeLessThan(predictedMs.inline * (1 - LEAVE_GAIN));
      }),
    );
  });

  it('falls back to inline where the numbers make no sense and nothing forbids it', () => {
    fc.assert(
      fc.property(sensible, fc.constantFrom(NaN, -1, Infinity), (question, nonsense) => {
        const broken = {
          ...question,
          profile: { ...question.profile, crashes: 0, memoryCrashes: 0 },
          work: { calls: nonsense },
          wishes: undefined,
        };
        expect(decide(broken)).toMatchObject({ backend: 'inline', why: 'nonsense', isFallback: true });
        expect(decide(broken).sentence).toContain(`work.calls is ${nonsense}`);
      }),
    );
  });
});

it.each([
  [undefined],
  [null],
  [5],
  ['x'],
  [{}],
  [{ profile: null }],
  [{ profile: { name: 'f' }, work: {}, machine: {} }],
])('what is no question at all: %j', (question) => {
  expect(decide(question as never)).toMatchObject({ backend: 'inline', why: 'nonsense', isFallback: true });
});
