// When the judge of a pool is loaded, and what holds where it can't be.
import type { Decision } from '@heddle/advisor';
import { describe, expect, it, vi } from 'vitest';
import { Counsel } from '../../src/auto/counsel.ts';
import type { Judge } from '../../src/auto/judge.ts';
import { LoopUse } from '../../src/auto/loop-use.ts';
import type { Part } from '../../src/auto/part.ts';
import type { AutoPlan } from '../../src/auto/plan.ts';
import { RunMeasures } from '../../src/auto/run-measures.ts';
import type { Explanation } from '../../src/pool/explanation.ts';
import type { Backend } from '../../src/transport/transport.ts';

const CALL = { calls: 1, current: undefined, isDemanded: false, isBatched: false };
const DEMAND = { ...CALL, isDemanded: true };
const ALL = ['inline', 'threads', 'processes'] as const;

/** With these backends; `load` gives what stands in for the judge, or throws. */
function counselling(load: () => Partial<Judge>, available: readonly Backend[] = ALL) {
  const measures = new RunMeasures(new LoopUse(() => ({ nowMs: 0, activeMs: 0 })));
  const parts = new Map<Backend, Part>();
  const plan = {
    available: new Map(available.map((backend) => [backend, {}])),
    unavailable: [],
    wishes: {},
  } as unknown as AutoPlan;
  const loads = vi.fn<() => Judge>(() => load() as Judge);
  const counsel = new Counsel({
    load: loads,
    plan: () => plan,
    measures,
    partOf: (backend) => parts.get(backend),
    isPending: () => false,
    onWanted: () => {},
    cloning: () => ({ bytesOut: 0, packMs: 0, bytesIn: 0, unpackMs: 0 }),
    onCosts: () => {},
    machine: {} as never,
    now: () => 0,
  });
  const part = { scheduler: { stats: () => ({ backend: 'threads', workers: { max: 2, maxFrom: 'options' } }) } };
  const addPart = (backend: Backend) => parts.set(backend, part as unknown as Part);
  return { counsel, measures, loads, addPart };
}

const refused = () => {
  throw new Error('no such file\nRequire stack:');
};

describe('the judge', () => {
  it('is loaded with the first question, once, and by nothing that is certain', () => {
    const decision = { backend: 'threads' } as Decision;
    const keepCalibration = vi.fn<() => void>();
    const ask = vi.fn<Judge['ask']>(() => decision);
    const explanation = {} as Explanation;
    const { counsel, measures, loads } = counselling(() => ({ ask, keepCalibration, explain: () => explanation }));
    const f = measures.of('f');
    expect(counsel.isSurelyInline(f, 1_000)).toBe(true);
    measures.returned('f', 1, false);
    expect(counsel.isSurelyInline(f, 79)).toBe(true);
    counsel.started('threads', 50);
    counsel.readCalibration();
    counsel.keepCalibration();
    // Just more than the start of a thread.
    expect(counsel.isSurelyInline(f, 80)).toBe(false);
    expect(loads).not.toHaveBeenCalled();
    expect(counsel.ask('f', CALL)).toBe(decision);
    expect(ask).toHaveBeenCalledWith('f', CALL);
    expect(counsel.explain()).toBe(explanation);
    expect(loads).toHaveBeenCalledOnce();
    counsel.keepCalibration();
    expect(keepCalibration).toHaveBeenCalledOnce();
  });

  it('is needed where work was missed, a worker was there, or a rule takes a function away', () => {
    const { counsel, measures, addPart } = counselling(refused);
    const f = measures.of('f');
    measures.returned('f', 1, false);
    f.countCrowd(79);
    expect(counsel.isSurelyInline(f, 1)).toBe(false);
    measures.forgetCrowd();
    expect(counsel.isSurelyInline(f, 1)).toBe(true);
    f.isForThisProcess = true;
    expect(counsel.isSurelyInline(f, 1)).toBe(false);
    f.isForThisProcess = false;
    f.crashes = 1;
    expect(counsel.isSurelyInline(f, 1)).toBe(false);
    f.crashes = 0;
    addPart('threads');
    expect(counsel.isSurelyInline(f, 1)).toBe(false);
  });

  it('may come with a later question, when what kept it away has passed', () => {
    let isGone = true;
    const decision = { backend: 'processes' } as Decision;
    const { counsel } = counselling(() => (isGone ? refused() : { ask: () => decision }));
    expect(counsel.ask('f', CALL)).toMatchObject({ backend: 'inline', isFallback: true });
    isGone = false;
    expect(counsel.ask('f', CALL)).toBe(decision);
  });
});

describe('without a judge', () => {
  it('calls run inline, unless one asks for what inline can not give or its function has ended a worker', () => {
    const { counsel, measures, loads } = counselling(refused);
    expect(counsel.ask('f', CALL)).toMatchObject({ backend: 'inline', workers: 1, ruledOut: [] });
    expect(counsel.ask('f', DEMAND)).toMatchObject({ backend: 'threads', ruledOut: [{ backend: 'inline' }] });
    measures.of('f').crashes = 1;
    expect(counsel.ask('f', CALL)).toMatchObject({
      backend: 'threads',
      ruledOut: [{ backend: 'inline', rule: 'crashed' }],
    });
    measures.of('f').memoryCrashes = 1;
    expect(counsel.ask('f', CALL).backend).toBe('processes');
    expect(counsel.askFirst()).toBe('threads');
    // Not with every call for ever.
    expect(loads).toHaveBeenCalledTimes(3);
  });

  it('the kind of workers that is there stays, and one that can not be had is not taken', () => {
    const { counsel, addPart } = counselling(refused);
    addPart('processes');
    expect(counsel.ask('f', DEMAND).backend).toBe('processes');
    expect(counselling(refused, ['inline', 'processes']).counsel.ask('f', DEMAND).backend).toBe('processes');
    expect(counselling(refused, ['processes']).counsel.ask('f', CALL).backend).toBe('processes');
    expect(counselling(refused, ['inline']).counsel.ask('f', CALL).backend).toBe('inline');
  });

  it('it is said so, with the reason', () => {
    const { counsel, measures, addPart } = counselling(refused);
    measures.returned('f', 4, false);
    measures.of('f').countSent('inline', 1);
    addPart('threads');
    const sentence = 'Nothing is weighed, because what weighs could not be loaded: no such file';
    expect(counsel.explain()).toEqual({
      backend: 'auto',
      sentence,
      functions: [
        {
          name: 'f',
          backend: 'inline',
          workers: 1,
          calls: { inline: 1 },
          features: { wallMs: { median: 4, spread: 0 }, computingShare: 1, cloneMs: undefined, crashes: 0 },
          decidedFor: 1,
          predictedMs: {},
          ruledOut: [],
          sentence: `f: inline, by rule. ${sentence}`,
          actualMs: {},
        },
      ],
      unavailable: [],
      costs: undefined,
      workers: [{ backend: 'threads', max: 2, sentence: 'At most 2 workers, because the options say so.' }],
      calibration: undefined,
    });
  });
});
