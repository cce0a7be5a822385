import { describe, expect, it } from 'vitest';
import { canMoveWorker, type WorkerState } from '../../src/pool/worker-state.ts';
import { canMoveTask, type TaskState } from '../../src/task/task-state.ts';
import { Task } from '../../src/task/task.ts';

const moves = <S>(states: readonly S[], can: (from: S, to: S) => boolean) =>
  states.flatMap((from) => states.filter((to) => can(from, to)).map((to) => `${String(from)} > ${String(to)}`));

describe('states', () => {
  it('of a task', () => {
    const states: TaskState[] = ['queued', 'running', 'cancelling', 'delayed', 'settled'];
    expect(moves(states, canMoveTask)).toEqual([
      'queued > running',
      'queued > settled',
      'running > queued',
      'running > cancelling',
      'running > delayed',
      'running > settled',
      'cancelling > delayed',
      'cancelling > settled',
      'delayed > queued',
      'delayed > settled',
    ]);
  });

  it('of a worker end in one of two, and nothing leads out of these', () => {
    const states: WorkerState[] = ['starting', 'ready', 'busy', 'draining', 'ending', 'stopped', 'failed'];
    const all = moves(states, canMoveWorker);
    expect(all.filter((move) => move.startsWith('stopped') || move.startsWith('failed'))).toEqual([]);
    for (const from of states.slice(0, 5)) expect(all).toContain(`${from} > failed`);
  });
});

it('a task has one outcome', () => {
  const outcomes: unknown[] = [];
  const retry = { retries: 0, retryOn: 'crash', retryDelayMs: 0 } as const;
  const call = {
    name: 'f',
    credit: 0,
    index: undefined,
    priority: 0,
    timeoutMs: undefined,
    onProgress: undefined,
    retry,
  };
  const task = new Task(1, { ...call, onOutcome: (outcome) => outcomes.push(outcome) }, undefined);
  task.settle({ ok: true, value: 1 });
  expect(() => task.settle({ ok: true, value: 2 })).toThrow('settled to settled');
  expect(outcomes).toEqual([{ ok: true, value: 1 }]);
});
