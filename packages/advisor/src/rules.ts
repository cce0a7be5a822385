/**
 * What is out of the question before anything is computed, and by which rule. First rule wins.
 */
import { BACKENDS, type Backend, type Isolation, type Question } from './question.ts';

/**
 * `asked`: whoever asks has ruled it out. `isolation`, `interruption`, `shared-memory`: required, and it can't. `crashed`: calls of this
 * function have ended workers. `memory`: not one worker fits. `waits`: calls wait most of their time, which one thread does for many.
 * `latency`: one call would hold the caller's thread for too long.
 */
export type Rule =
  'asked' | 'isolation' | 'interruption' | 'shared-memory' | 'crashed' | 'memory' | 'waits' | 'latency';

export interface RuledOut {
  readonly backend: Backend;
  readonly rule: Rule;
  /** One phrase. */
  readonly reason: string;
}

const LEVELS: readonly Isolation[] = ['none', 'heap', 'process', 'sandbox'];
/** The most that a backend can give. */
const HIGHEST: Readonly<Record<Backend, Isolation>> = { inline: 'none', threads: 'heap', processes: 'sandbox' };

/** Longest time for which one call may hold the caller's thread with objective `latency`: half of a frame at 60 Hz. */
export const HOLD_MS_MAX = 8;

export function meetsIsolation(backend: Backend, isolation: Isolation | undefined = 'none'): boolean {
  return LEVELS.indexOf(HIGHEST[backend]) >= LEVELS.indexOf(isolation);
}

/** Part of its time that a call computes, 0 to 1; 1 where nobody knows. */
export function computingShare({ wallMs, cpuMs }: Question['profile']): number {
  if (wallMs === undefined || cpuMs === undefined || wallMs.median <= 0) return 1;
  return Math.min(1, cpuMs.median / wallMs.median);
}

/** Workers that fit into the memory; Infinity where nothing is known of it. */
export function workersThatFit({ machine, costs }: Question, backend: Backend): number {
  const each = costs[backend].memoryMiB;
  return machine.memoryMiB === undefined || each <= 0 ? Infinity : Math.floor(machine.memoryMiB / each);
}

/** At most one entry per backend, in the order of BACKENDS. `computesShare`: calls that compute for less of their time wait. */
export function ruleOut(question: Question, computesShare: number): RuledOut[] {
  const hard = BACKENDS.flatMap((backend) => hardRule(question, backend) ?? []);
  const isOut = (backend: Backend) => hard.some((out) => out.backend === backend);
  // Two that only mean something where there is a choice.
  const soft = BACKENDS.filter((backend) => !isOut(backend)).flatMap((backend) => {
    if (backend !== 'inline') return (!isOut('inline') && waits(question, backend, computesShare)) || [];
    return ((!isOut('threads') || !isOut('processes')) && holdsTheThread(question)) || [];
  });
  return BACKENDS.flatMap((backend) => [...hard, ...soft].find((out) => out.backend === backend) ?? []);
}

function hardRule(question: Question, backend: Backend): RuledOut | undefined {
  const { profile, wishes, unavailable } = question;
  const { isolation, interruption, sharedMemory } = wishes?.require ?? {};
  const out = (rule: Rule, reason: string): RuledOut => ({ backend, rule, reason });
  const asked = unavailable?.find((each) => each.backend === backend);
  if (asked !== undefined) return out('asked', asked.reason);
  if (!meetsIsolation(backend, isolation)) return out('isolation', `it can't give isolation '${isolation}'`);
  if (interruption === true && backend === 'inline')
    return out('interruption', 'what runs on the caller’s own thread can’t be stopped from outside');
  if (sharedMemory === true && backend === 'processes') return out('shared-memory', 'processes share no memory');
  const { crashes = 0, memoryCrashes = 0 } = profile;
  if (memoryCrashes > 0 && backend !== 'processes')
    return out('crashed', `out of memory has ended ${count(memoryCrashes, 'worker')}, and here it can end the program`);
  if (crashes > 0 && backend === 'inline') return out('crashed', `calls of it have ended ${count(crashes, 'worker')}`);
  if (backend !== 'inline' && workersThatFit(question, backend) < 1)
    return out(
      'memory',
      `a worker takes ${question.costs[backend].memoryMiB} MiB and there are ${question.machine.memoryMiB}`,
    );
  return undefined;
}

function waits({ profile }: Question, backend: Backend, computesShare: number): RuledOut | undefined {
  const share = computingShare(profile);
  if (share >= computesShare) return undefined;
  const percent = Math.round((1 - share) * 100);
  return {
    backend,
    rule: 'waits',
    reason: `${percent} % of a call is waiting, which one thread does for many at once`,
  };
}

function holdsTheThread({ profile, wishes }: Question): RuledOut | undefined {
  const holdsMs = (profile.cpuMs ?? profile.wallMs)?.median;
  if (wishes?.objective !== 'latency' || holdsMs === undefined || holdsMs <= HOLD_MS_MAX) return undefined;
  const reason = `one call would hold the caller’s thread for ${Number(holdsMs.toPrecision(3))} ms`;
  return { backend: 'inline', rule: 'latency', reason };
}

export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
