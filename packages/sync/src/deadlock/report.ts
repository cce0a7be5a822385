/** The error of a wait that was chosen to end: who waits for what, who has it, and where. */
import { threadOf } from '../registry/lives.ts';
import type { Membership } from '../registry/membership.ts';
import { DeadlockError, type DeadlockedWait } from '../errors.ts';
import { heldBy, type Circle } from './circle.ts';
import type { Description } from './subject.ts';
import { ask, isAnswered, readAnswer } from './texts.ts';
import { FOR_COUNT, FOR_PARTIES, goesOn, type Wait } from './wait-records.ts';

/** How long a deadlocked wait may wait yet for what the others say of theirs. They sleep, or run their event loop. A guess. */
export const ANSWER_WAIT_MS = 1_000;

/** What was asked of the other threads. */
export interface Inquiry {
  /** Has everybody said it who still can? */
  isOver(): boolean;
  read(): readonly Description[];
}

export function inquire({ graph, registry, texts, id }: Membership, { way }: Circle): Inquiry {
  const questions = new Map<number, { wait: Wait; question: number }>();
  for (const wait of way)
    if (wait.owner !== id && !questions.has(wait.owner))
      questions.set(wait.owner, { wait, question: ask(texts, registry, wait.owner) });
  return {
    isOver: () =>
      [...questions].every(
        ([owner, { wait, question }]) => isAnswered(texts, owner, question) || !goesOn(graph, registry, wait),
      ),
    read: () =>
      [...questions.keys()].flatMap((owner) => {
        const said = readAnswer(texts, owner);
        return Array.isArray(said) ? (said as Description[]) : [];
      }),
  };
}

export function deadlockError(
  { registry, outside }: Membership,
  { way }: Circle,
  descriptions: readonly Description[],
  call: string,
): DeadlockError {
  const said = (wait: Wait) => descriptions.find(({ ticket }) => ticket === wait.ticket);
  const processOf = ({ owner }: Wait) => outside?.pidOf(owner) ?? process.pid;
  const waits = way.map((wait, index): DeadlockedWait => {
    const holder = way[(index + 1) % way.length]!;
    const held = said(holder)?.holds.find(([number]) => number === wait.number);
    return {
      waitsFor: said(wait)?.awaited ?? held?.[1] ?? `number ${wait.number}`,
      thread: threadOf(registry, wait.owner),
      process: processOf(wait),
      isBlocked: wait.isThread,
      stack: said(wait)?.stack ?? '',
      reason: reasonOf(wait, holder),
      otherThread: threadOf(registry, holder.owner),
      otherProcess: processOf(holder),
      hadAt: held?.[2] ?? '',
    };
  });
  return new DeadlockError(call, waits);
}

function reasonOf(wait: Wait, other: Wait): DeadlockedWait['reason'] {
  if (wait.kind === FOR_PARTIES) return 'has not arrived';
  if (wait.kind === FOR_COUNT) return 'has not counted';
  return heldBy(other, wait.number) > 0 ? 'has it' : 'is before it in line';
}
