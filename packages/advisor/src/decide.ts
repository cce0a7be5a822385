/**
 * The decision: hard rules first, then the least predicted time.
 *
 * Workers that have to be started first must save some of their start besides: it takes processor time from what runs meanwhile, and
 * most where others want the cores. Where so much was missed for want of workers that `paidStart` of their start would have been paid, they
 * count as if they were there (the rule for renting or buying skis): many short pieces of work then get what one of them alone would not start.
 * Where calls run now is left only for a gain of more than `leaveGain`, inline as well as workers, so that predictions that are a little
 * wrong don't move work to and fro. Backends within `nearTie` of each other count as equal, and the more isolated is taken. Isolation that
 * was required, or that a crash has shown to be needed, is a hard rule: no prediction moves calls below it.
 */
import { predictMs, predictReadyMs, startMsOf, workersFor } from './cost-model.ts';
import type { Decision, Why } from './decision.ts';
import { sentenceOf } from './explain.ts';
import { BACKENDS, type Backend, type Question, type Wishes } from './question.ts';
import { computingShare, meetsIsolation, ruleOut } from './rules.ts';
import { problemOf } from './sane.ts';
import { TUNING, type Tuning } from './tuning.ts';

/** Part of the time that has to be gained to leave inline with objective `memory`. */
export const LEAVE_GAIN_MEMORY = 0.5;
/** What meets a soft wish counts as if it took so much less. */
export const PREFERRED_GAIN = 0.2;

/**
 * The same question has the same answer. Never throws. Costs some microseconds. `tuning`: other thresholds than those that are in use, to
 * find out what they would have done.
 */
export function decide(question: Question, tuning: Tuning = TUNING): Decision {
  const problem = problemOf(question);
  if (problem !== undefined) return fallBack(question, problem);
  const ruledOut = ruleOut(question, tuning.computesShare);
  const candidates = BACKENDS.filter((backend) => !ruledOut.some((out) => out.backend === backend));
  const about = { question, ruledOut, computingShare: computingShare(question.profile) };
  if (candidates.length === 0) return conclude(about, floorOf(question), 'conflict', {});
  const canRunInline = candidates.includes('inline');
  if (question.profile.wallMs === undefined && canRunInline) {
    const { current } = question;
    const stay = current !== undefined && candidates.includes(current) ? current : 'inline';
    return conclude(about, stay, candidates.length === 1 ? 'only' : 'unknown', {});
  }
  const predictedMs: Partial<Record<Backend, number>> = {};
  for (const backend of candidates) predictedMs[backend] = predictMs(question, backend, canRunInline);
  if (candidates.length === 1) return conclude(about, candidates[0]!, 'only', predictedMs);
  const [backend, why] = choose(question, candidates, predictedMs, tuning);
  return conclude(about, backend, why, predictedMs);
}

function choose(
  question: Question,
  candidates: readonly Backend[],
  predictedMs: Readonly<Partial<Record<Backend, number>>>,
  { paidStart, nearTie, leaveGain: gainToLeave, savedStart }: Tuning,
): [Backend, Why] {
  const { current, wishes, costs, missedMs = 0, machine } = question;
  const { pressure = 0 } = machine;
  const isThere = (backend: Backend) => costs[backend].isReady || missedMs >= paidStart * startMsOf(question, backend);
  const timeOf = (backend: Backend) => (isThere(backend) ? predictReadyMs(question, backend) : predictedMs[backend]!);
  const scoreOf = (backend: Backend) =>
    timeOf(backend) * (isPreferred(backend, wishes?.prefer) ? 1 - PREFERRED_GAIN : 1);
  const stay =
    current !== undefined && candidates.includes(current)
      ? current
      : candidates.includes('inline')
        ? 'inline'
        : undefined;
  const others = candidates.filter((backend) => backend !== stay);
  const best = Math.min(...others.map(scoreOf));
  const isSaving = wishes?.objective === 'memory';
  const near = others.filter((backend) => scoreOf(backend) <= best * (1 + nearTie));
  // From the most isolated on; where memory counts, from the lightest.
  if (isSaving) near.sort((a, b) => costs[a].memoryMiB - costs[b].memoryMiB);
  else near.reverse();
  if (stay === undefined) return [near[0]!, 'gain'];
  const leaveGain = isSaving && stay === 'inline' ? LEAVE_GAIN_MEMORY : gainToLeave;
  const paysItsStart = (backend: Backend) =>
    isThere(backend) ||
    predictedMs[stay]! - predictedMs[backend]! >= (savedStart + pressure) * startMsOf(question, backend);
  const gaining = near.find((backend) => scoreOf(backend) < scoreOf(stay) * (1 - leaveGain) && paysItsStart(backend));
  return gaining === undefined ? [stay, 'stays'] : [gaining, 'gain'];
}

/** Is there a wish, and does it meet all of it? */
function isPreferred(backend: Backend, prefer: Wishes['prefer']): boolean {
  if (prefer === undefined || (prefer.isolation === undefined && prefer.sharedMemory !== true)) return false;
  return meetsIsolation(backend, prefer.isolation) && !(prefer.sharedMemory === true && backend === 'processes');
}

/**
 * The least isolated backend that keeps what may never be given up, whatever else is wished or wrong: the isolation that is required,
 * interruption, and the distance that crashes have shown to be needed.
 */
function floorOf({ profile, wishes }: Question): Backend {
  const { isolation, interruption } = wishes?.require ?? {};
  const isOut = (backend: Backend) =>
    !meetsIsolation(backend, isolation) ||
    (backend === 'inline' && (interruption === true || (profile.crashes ?? 0) > 0)) ||
    (backend !== 'processes' && (profile.memoryCrashes ?? 0) > 0);
  return BACKENDS.find((backend) => !isOut(backend)) ?? 'processes';
}

function fallBack(question: Question, problem: string): Decision {
  let backend: Backend = 'inline';
  let name = 'the function';
  try {
    if (typeof question.profile.name === 'string') name = question.profile.name;
    backend = floorOf(question);
  } catch {
    // There is no question to read: inline, which needs nothing.
  }
  const sentence = `${name}: ${backend}, because the question makes no sense: ${problem}.`;
  const none = { predictedMs: {}, ruledOut: [], computingShare: 1, isFallback: true };
  return { backend, workers: 1, why: 'nonsense', ...none, sentence };
}

function conclude(
  about: Pick<Decision, 'ruledOut' | 'computingShare'> & { readonly question: Question },
  backend: Backend,
  why: Why,
  predictedMs: Decision['predictedMs'],
): Decision {
  const { question, ...known } = about;
  const workers = workersFor(question, backend);
  const decision = { backend, workers, why, predictedMs, ...known, isFallback: why === 'conflict' };
  return {
    ...decision,
    // When it is read: most decisions are not, and to write it takes longer than to make them.
    get sentence() {
      return sentenceOf(question, decision);
    },
  };
}
