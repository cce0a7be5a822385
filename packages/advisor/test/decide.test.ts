import { describe, expect, it } from 'vitest';
import { decide, type Question } from '../src/index.ts';
import { computing, COSTS, waiting, WARM } from './questions.ts';

const backendOf = (question: Question) => decide(question).backend;
const ruleOf = (question: Question, backend: string) =>
  decide(question).ruledOut.find((out) => out.backend === backend)?.rule;

describe('where calls go', () => {
  it('few or short ones stay inline, where workers have to be started', () => {
    expect(backendOf(computing(1, 20))).toBe('inline');
    expect(backendOf(computing(0.005, 1_000))).toBe('inline');
    expect(backendOf(computing(200, 1))).toBe('inline');
  });

  it('workers are only started where they save half of a start besides', () => {
    // 200 ms of work on four cores: 50 here, 50 beside the first worker, then 17 beside two. 90 ms: 20 beside the first.
    expect(backendOf(computing(1, 90))).toBe('inline');
    expect(backendOf(computing(1, 200))).toBe('threads');
    expect(backendOf(computing(1, 100, { costs: WARM }))).not.toBe('inline');
  });

  it('they are hardly started where others want the cores', () => {
    const question = computing(1, 400);
    expect(backendOf(question)).not.toBe('inline');
    expect(backendOf({ ...question, machine: { cores: 4, pressure: 0.8 } })).toBe('inline');
    expect(backendOf({ ...question, machine: { cores: 4, pressure: 1 } })).toBe('inline');
    expect(backendOf({ ...question, machine: { cores: 4, pressure: 1 }, costs: WARM })).not.toBe('inline');
  });

  it('what was missed before pays for their start, too', () => {
    const little = computing(1, 60);
    expect(backendOf(little)).toBe('inline');
    expect(backendOf({ ...little, missedMs: 40 })).toBe('inline');
    expect(backendOf({ ...little, missedMs: 50 })).toBe('threads');
    // But not for what would be slower there, or gains nothing.
    expect(backendOf({ ...computing(0.001, 10), missedMs: 1_000 })).toBe('inline');
    expect(backendOf({ ...little, missedMs: 1_000, machine: { cores: 1 } })).toBe('inline');
  });

  it('long ones leave it', () => {
    expect(decide(computing(10, 200, { costs: WARM }))).toMatchObject({
      backend: 'processes',
      workers: 4,
      why: 'gain',
    });
    expect(backendOf(computing(1, 200, { costs: WARM }))).not.toBe('inline');
    expect(backendOf(computing(10, 200))).not.toBe('inline');
  });

  it('shorter ones prefer the backend with the shorter way', () => {
    const short = computing(0.03, 1_000, { costs: WARM });
    expect(backendOf(short)).toBe('threads');
    expect(decide(short).predictedMs.threads!).toBeLessThan(decide(short).predictedMs.processes!);
  });

  it('one core gains nothing', () => {
    expect(backendOf(computing(10, 200, { costs: WARM, machine: { cores: 1 } }))).toBe('inline');
  });

  it('waiting stays inline, whatever it would be in workers', () => {
    const question = waiting(20, 0.1, 512, { costs: WARM });
    expect(decide(question)).toMatchObject({ backend: 'inline', why: 'only' });
    expect(ruleOf(question, 'threads')).toBe('waits');
    expect(decide(question).sentence).toContain('waiting');
    expect(backendOf(waiting(20, 19, 512, { costs: WARM }))).not.toBe('inline');
  });

  it('large values count', () => {
    const plain = computing(1, 200, { costs: WARM });
    const large = { ...plain, profile: { ...plain.profile, cloneMs: 1 } };
    expect(backendOf(plain)).not.toBe('inline');
    expect(backendOf(large)).toBe('inline');
    expect(backendOf({ ...plain, profile: { ...plain.profile, bytes: 2 ** 21 } })).toBe('inline');
  });

  it('memory bounds the workers, down to none', () => {
    const of = (memoryMiB: number) => decide(computing(10, 200, { costs: WARM, machine: { cores: 4, memoryMiB } }));
    expect(of(30)).toMatchObject({ backend: 'threads', workers: 2 });
    expect(of(10)).toMatchObject({ backend: 'inline', ruledOut: [{ rule: 'memory' }, { rule: 'memory' }] });
  });

  it('without a measurement nothing is moved', () => {
    const unknown = { ...computing(1, 1_000, { costs: WARM }), profile: { name: 'f', wallMs: undefined } };
    expect(decide(unknown)).toMatchObject({ backend: 'inline', why: 'unknown', predictedMs: {} });
    expect(backendOf({ ...unknown, current: 'threads' })).toBe('threads');
    expect(backendOf({ ...unknown, wishes: { require: { interruption: true } } })).toBe('threads');
  });
});

describe('what is required', () => {
  const short = computing(0.001, 1);

  it.each([
    [{ isolation: 'heap' }, ['threads', 'processes'], 'isolation'],
    [{ isolation: 'process' }, ['processes'], 'isolation'],
    [{ isolation: 'sandbox' }, ['processes'], 'isolation'],
    [{ interruption: true }, ['threads', 'processes'], 'interruption'],
  ] as const)('%j rules inline out', (require, allowed, rule) => {
    const question = { ...short, wishes: { require } };
    expect(allowed).toContain(backendOf(question));
    expect(ruleOf(question, 'inline')).toBe(rule);
  });

  it('shared memory rules processes out', () => {
    const question = computing(10, 200, { costs: WARM, wishes: { require: { sharedMemory: true } } });
    expect(backendOf(question)).toBe('threads');
    expect(ruleOf(question, 'processes')).toBe('shared-memory');
  });

  it('crashes rule out what would not survive the next', () => {
    const after = (profile: object) => ({ ...short, profile: { ...short.profile, ...profile } });
    expect(backendOf(after({ crashes: 1 }))).toBe('threads');
    expect(backendOf(after({ crashes: 1, memoryCrashes: 1 }))).toBe('processes');
    expect(decide(after({ crashes: 2 })).sentence).toContain('have ended 2 workers');
  });

  it('a contradiction is told, and nothing is given up that must not be', () => {
    const require = { isolation: 'process', sharedMemory: true } as const;
    expect(decide({ ...short, wishes: { require } })).toMatchObject({
      backend: 'processes',
      why: 'conflict',
      isFallback: true,
      sentence: expect.stringContaining('nothing meets all that is asked for'),
    });
  });

  it('what the asker rules out is out, in its words', () => {
    const unavailable = [{ backend: 'processes', reason: 'no fork here' }] as const;
    expect(decide(computing(10, 200, { costs: WARM, unavailable }))).toMatchObject({
      backend: 'threads',
      ruledOut: [{ backend: 'processes', rule: 'asked', reason: 'no fork here' }],
    });
  });
});

describe('wishes', () => {
  it('a preference decides where little is at stake', () => {
    const question = computing(0.02, 1_000, { costs: WARM });
    expect(backendOf(question)).toBe('threads');
    expect(backendOf({ ...question, wishes: { prefer: { isolation: 'process' } } })).toBe('processes');
    expect(backendOf({ ...computing(0.005, 20), wishes: { prefer: { isolation: 'process' } } })).toBe('inline');
    expect(backendOf(computing(10, 200, { costs: WARM, wishes: { prefer: { sharedMemory: true } } }))).toBe('threads');
  });

  it('latency keeps long calls off the caller’s thread', () => {
    const wishes = { objective: 'latency' } as const;
    expect(backendOf(computing(30, 1, { wishes }))).not.toBe('inline');
    expect(backendOf(computing(3, 1, { wishes }))).toBe('inline');
  });

  it('memory asks for half of the time, and for the lighter workers', () => {
    const wishes = { objective: 'memory' } as const;
    expect(backendOf(computing(10, 200, { costs: WARM, wishes }))).toBe('threads');
    expect(backendOf(computing(10, 200, { costs: WARM, wishes, machine: { cores: 2 } }))).toBe('inline');
    expect(backendOf(computing(10, 200, { costs: WARM, machine: { cores: 2 } }))).not.toBe('inline');
  });
});

describe('moving', () => {
  // What a backend takes is said, so the gain is exact.
  const gaining = (inline: number, threads: number, current?: 'threads') =>
    computing(1, 100, {
      costs: WARM,
      observedMs: { inline, threads },
      unavailable: [{ backend: 'processes', reason: 'left out' }],
      current,
    });

  it('takes a gain of more than a fifth, in both directions', () => {
    expect(backendOf(gaining(1, 0.81))).toBe('inline');
    expect(backendOf(gaining(1, 0.79))).toBe('threads');
    expect(backendOf(gaining(0.81, 1, 'threads'))).toBe('threads');
    expect(backendOf(gaining(0.79, 1, 'threads'))).toBe('inline');
    expect(decide(gaining(1, 0.81))).toMatchObject({ why: 'stays', sentence: expect.stringContaining('too little') });
  });

  it('does not hope to gain what workers can not: the time of whoever takes the results', () => {
    const question = computing(1, 100, { costs: WARM });
    expect(backendOf(question)).not.toBe('inline');
    expect(backendOf({ ...question, observedMs: { inline: 1.2 } })).not.toBe('inline');
    expect(backendOf({ ...question, observedMs: { inline: 50 } })).toBe('inline');
  });

  it('of near ties takes the more isolated, but does not move for it', () => {
    const tie = computing(10, 200, { costs: WARM });
    expect(backendOf(tie)).toBe('processes');
    expect(backendOf({ ...tie, current: 'threads' })).toBe('threads');
    expect(backendOf({ ...tie, observedMs: { threads: 2.5, processes: 2.7 } })).toBe('threads');
  });
});

describe('sentences', () => {
  it.each([
    [
      computing(10, 200, { costs: WARM, unavailable: [{ backend: 'processes', reason: 'left out' }] }),
      'f: threads (4 workers): 200 calls of 10 ms take about 501 ms there, 2001 ms inline; ruled out: processes: left out.',
    ],
    [
      computing(0.01, 10, { unavailable: [{ backend: 'processes', reason: 'left out' }] }),
      'f: inline: 10 calls of 0.01 ms take about 0.13 ms there, 50 ms in threads; ruled out: processes: left out.',
    ],
    [computing(NaN, 10), 'f: inline, because the question makes no sense: profile.wallMs.median is NaN.'],
    [
      computing(1, 1, { costs: COSTS, machine: { cores: 0 } }),
      'f: inline, because the question makes no sense: machine.cores is 0.',
    ],
  ])('%#', (question, sentence) => {
    expect(decide(question).sentence).toBe(sentence);
  });
});
