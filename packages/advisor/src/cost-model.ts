/**
 * How long work takes in a backend. Everything in milliseconds.
 *
 * Inline one thread computes all of it, and waiting overlaps: n (cpu + m), at least the waiting of what can't run at once.
 * In workers three things go on beside each other, and the slowest decides: the caller sends n (m + copies); each worker runs its part
 * one call at a time, waiting included, ceil(n / P) (wall + w); and all of that shares the cores. One way there and back comes on top,
 * and one spread, for the worker that ends last.
 * What calls have taken inline beyond what they compute, such as the time of whoever consumes the results, they will take elsewhere too.
 * A backend that has to be started first is waited for, or, where inline is possible, inline goes on until it is there. Its workers start one
 * after the other, and inline goes on beside them until all are there.
 */
import type { Backend, Question } from './question.ts';
import { workersThatFit } from './rules.ts';

/** To copy a MiB out of one heap into another: 8 MiB of numbers took a thread 10 to 12 ms, there and back. */
export const CLONE_MS_PER_MIB = 0.7;

/** Workers that make sense. */
export function workersFor(question: Question, backend: Backend): number {
  const { machine, workersMax = machine.cores, work } = question;
  if (backend === 'inline') return 1;
  const most = Math.min(Math.floor(workersMax), Math.floor(machine.cores), workersThatFit(question, backend));
  return Math.max(1, Math.min(most, Math.ceil(work.calls)));
}

/** Of the time in which somebody waits for a core, so much at most counts: a start takes twenty times as long then. */
const PRESSURE_MAX = 0.95;

/** From the wish for a worker until it takes calls, now: where cores are wanted by others, it gets its part of them. */
export function startMsOf({ machine, costs }: Question, backend: Backend): number {
  return costs[backend].startMs / (1 - Math.min(PRESSURE_MAX, machine.pressure ?? 0));
}

/** Of all the calls of the question. `canRunInline`: until the backend is there. */
export function predictMs(question: Question, backend: Backend, canRunInline: boolean): number {
  const { calls } = question.work;
  if (backend === 'inline') return inlineMs(question, calls);
  const { isReady } = question.costs[backend];
  if (isReady) return predictReadyMs(question, backend);
  return canRunInline
    ? predictStartingMs(question, backend)
    : startMsOf(question, backend) + workersMs(question, backend, calls);
}

function predictStartingMs(question: Question, backend: Backend): number {
  const { work, machine } = question;
  const startMs = startMsOf(question, backend);
  const allMs = inlineMs(question, work.calls);
  const cores = Math.floor(machine.cores);
  // What runs meanwhile shares the cores with the first start.
  let leftMs = allMs - startMs * Math.min(1, cores / 2);
  if (leftMs <= 0) return startMs;
  let atMs = startMs;
  const lanesMax = Math.min(cores, workersFor(question, backend));
  for (let lanes = 2; lanes < lanesMax; lanes++) {
    if (leftMs <= lanes * startMs) return atMs + leftMs / lanes;
    leftMs -= lanes * startMs;
    atMs += startMs;
  }
  return atMs + workersMs(question, backend, (work.calls * leftMs) / allMs);
}

/** Of all the calls of the question, once its workers are there. */
export function predictReadyMs(question: Question, backend: Backend): number {
  const { calls } = question.work;
  return backend === 'inline' ? inlineMs(question, calls) : workersMs(question, backend, calls);
}

function inlineMs(question: Question, calls: number): number {
  const observed = question.observedMs?.inline;
  return observed === undefined ? modelledInlineMs(question, calls) : calls * observed;
}

function modelledInlineMs({ profile, work, costs }: Question, calls: number): number {
  const wallMs = profile.wallMs?.median ?? 0;
  const cpuMs = Math.min(wallMs, profile.cpuMs?.median ?? wallMs);
  return Math.max(calls * (cpuMs + costs.inline.callerMs), wallMs * Math.ceil(calls / (work.atOnce ?? 1)));
}

function workersMs(question: Question, backend: Backend, calls: number): number {
  const { profile, machine, costs, observedMs } = question;
  const observed = observedMs?.[backend];
  if (observed !== undefined) return calls * observed;
  const { callerMs, workerMs, latencyMs } = costs[backend];
  const wallMs = profile.wallMs?.median ?? 0;
  const cpuMs = Math.min(wallMs, profile.cpuMs?.median ?? wallMs);
  const cloneMs = profile.cloneMs ?? ((profile.bytes ?? 0) / 2 ** 20) * CLONE_MS_PER_MIB;
  const sendingMs = calls * (callerMs + cloneMs);
  const runningMs = Math.ceil(calls / workersFor(question, backend)) * (wallMs + workerMs + cloneMs);
  const computingMs = (sendingMs + calls * (cpuMs + workerMs + cloneMs)) / Math.floor(machine.cores);
  const unexplainedMs = Math.max(0, inlineMs(question, calls) - modelledInlineMs(question, calls));
  return Math.max(sendingMs, runningMs, computingMs) + latencyMs + (profile.wallMs?.spread ?? 0) + unexplainedMs;
}
