import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { Examination, StackReading } from '../../src/errors/examination.ts';
import { createExaminer, type Examinee } from '../../src/liveness/examiner.ts';
import { FakeClock } from '../fake-clock.ts';
import { temporaryFolder } from '../helpers.ts';

const SPIN = { functionName: 'spin', url: 'file:///tasks.mjs', line: 12, column: 3 };

/** Examines a worker that the test plays. */
function begin({ isAnswering = false, state = 'R' } = {}) {
  const root = temporaryFolder();
  fs.mkdirSync(path.join(root, '7'));
  fs.mkdirSync(path.join(root, 'self'));
  for (const file of ['7/stat', 'self/stat'])
    fs.writeFileSync(path.join(root, file), `7 (node) ${state} 1 7 7 0 -1 0 0 0 0 0 5 5 0 0`);
  const clock = new FakeClock();
  const seen = { asked: 0, gaveUp: 0, examinations: [] as Examination[] };
  let answerQuestion: (() => void) | undefined;
  let answer: ((reading: StackReading) => void) | undefined;
  const examinee: Examinee = {
    subject: { pid: 7 },
    ask(onAnswer) {
      seen.asked++;
      answerQuestion = onAnswer;
      if (isAnswering) onAnswer();
    },
    readStack(done) {
      answer = done;
      return () => void seen.gaveUp++;
    },
  };
  const giveUp = createExaminer(clock, root).examine(examinee, 1_000, (examination) =>
    seen.examinations.push(examination),
  );
  return { clock, seen, giveUp, readStack: () => answer, answerQuestion: () => answerQuestion!() };
}

it('tells verdict and stack', () => {
  const { clock, seen, readStack } = begin();
  clock.advance(30);
  readStack()!({ frames: [{ ...SPIN, functionName: 'read', url: 'node:fs' }, SPIN] });
  expect(seen).toEqual({
    asked: 1,
    gaveUp: 0,
    examinations: [
      {
        verdict: 'busy',
        workerStack: '    at read (node:fs:12:3)\n    at spin (file:///tasks.mjs:12:3)',
        // The first place that isn't Node's own.
        summary: 'it was busy at spin (file:///tasks.mjs:12:3)',
      },
    ],
  });
  expect(clock.pending).toBe(0);
});

it('looks for no stack while the event loop is free', () => {
  const { clock, seen, readStack } = begin({ isAnswering: true, state: 'S' });
  clock.advance(30);
  expect(readStack()).toBeUndefined();
  expect(seen.examinations).toEqual([
    { verdict: 'parked', workerStack: undefined, summary: 'it was waiting: its event loop is free' },
  ]);
  expect(clock.pending).toBe(0);
});

it.each([
  ['S', 'parked', 'it was waiting: its event loop is free'],
  ['R', 'busy', 'it was busy, no JavaScript stack: its event loop turned'],
])('takes a late answer of a worker in state %s for %s', (state, verdict, summary) => {
  const { clock, seen, answerQuestion } = begin({ state });
  clock.advance(100);
  answerQuestion();
  expect(seen).toMatchObject({ gaveUp: 1, examinations: [{ verdict, workerStack: undefined, summary }] });
  expect(clock.pending).toBe(0);
});

it.each([
  ['S', 'blocked'],
  ['R', 'busy'],
])('of a worker in state %s ends at its limit, with what it knows, and lets the worker go', (state, verdict) => {
  const { clock, seen } = begin({ state });
  clock.advance(999);
  expect(seen.examinations).toEqual([]);
  clock.advance(1);
  expect(seen).toMatchObject({
    gaveUp: 1,
    examinations: [
      {
        verdict,
        workerStack: undefined,
        summary: expect.stringContaining(`it was ${verdict}, no JavaScript stack: it did not stop for its inspector`),
      },
    ],
  });
  expect(clock.pending).toBe(0);
});

it.each([0, 30])('can be given up after %s ms', (ms) => {
  const { clock, seen, giveUp } = begin();
  clock.advance(ms);
  giveUp();
  clock.advance(1_000);
  expect(seen.examinations).toEqual([]);
  expect(seen.gaveUp).toBe(ms === 0 ? 0 : 1);
  expect(clock.pending).toBe(0);
});
