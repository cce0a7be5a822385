import type { Backend, BackendCosts, Question } from '../src/index.ts';

const cost = (startMs: number, callerMs: number, latencyMs: number, memoryMiB: number): BackendCosts => ({
  startMs,
  callerMs,
  workerMs: callerMs / 4,
  latencyMs,
  memoryMiB,
  isReady: false,
});

export const COSTS: Readonly<Record<Backend, BackendCosts>> = {
  inline: { ...cost(0, 0.003, 0, 0), isReady: true },
  threads: cost(50, 0.008, 0.025, 15),
  processes: cost(75, 0.01, 0.07, 45),
};

/** The same, with workers that are there. */
export const WARM: Readonly<Record<Backend, BackendCosts>> = {
  inline: COSTS.inline,
  threads: { ...COSTS.threads, isReady: true },
  processes: { ...COSTS.processes, isReady: true },
};

/** `calls` of a function that takes `ms`, all of it computing, on four cores. */
export function computing(ms: number, calls: number, more: Partial<Question> = {}): Question {
  const wallMs = { median: ms, spread: 0 };
  return {
    profile: { name: 'f', wallMs, cpuMs: wallMs },
    work: { calls },
    machine: { cores: 4 },
    costs: COSTS,
    ...more,
  };
}

/** The same of one that computes for `cpuMs` of it, and waits for the rest, 512 at a time. */
export function waiting(ms: number, cpuMs: number, calls: number, more: Partial<Question> = {}): Question {
  const profile = { name: 'f', wallMs: { median: ms, spread: 0 }, cpuMs: { median: cpuMs, spread: 0 } };
  return { ...computing(ms, calls, more), profile, work: { calls, atOnce: 512 } };
}
