/**
 * Is a question about a machine and work that can exist? What is wrong with it is named; nothing throws, whatever comes.
 */
import { BACKENDS, type Question } from './question.ts';

/** One phrase, or undefined: every number that the model will use is finite, none is negative, and there is a core. */
export function problemOf(question: Question): string | undefined {
  try {
    return firstProblem(question);
  } catch (error) {
    return `the question can't be read (${error instanceof Error ? error.message : String(error)})`;
  }
}

function firstProblem({
  profile,
  work,
  machine,
  costs,
  workersMax,
  missedMs,
  observedMs,
  current,
}: Question): string | undefined {
  const numbers: Array<[string, unknown, least?: number]> = [
    ['work.calls', work.calls],
    ['work.atOnce', work.atOnce ?? 1, 1],
    ['machine.cores', machine.cores, 1],
    ['machine.pressure', machine.pressure ?? 0],
    ['machine.memoryMiB', machine.memoryMiB ?? 0],
    ['workersMax', workersMax ?? 1, 1],
    ['missedMs', missedMs ?? 0],
    ['profile.cloneMs', profile.cloneMs ?? 0],
    ['profile.bytes', profile.bytes ?? 0],
    ['profile.crashes', profile.crashes ?? 0],
    ['profile.memoryCrashes', profile.memoryCrashes ?? 0],
  ];
  for (const key of ['wallMs', 'cpuMs'] as const) {
    const spread = profile[key];
    if (spread === undefined) continue;
    numbers.push([`profile.${key}.median`, spread.median], [`profile.${key}.spread`, spread.spread]);
  }
  for (const backend of BACKENDS) {
    const { startMs, callerMs, workerMs, latencyMs, memoryMiB } = costs[backend];
    for (const [key, value] of Object.entries({ startMs, callerMs, workerMs, latencyMs, memoryMiB }))
      numbers.push([`costs.${backend}.${key}`, value]);
    numbers.push([`observedMs.${backend}`, observedMs?.[backend] ?? 0]);
  }
  for (const [key, value, least = 0] of numbers)
    if (typeof value !== 'number' || !Number.isFinite(value) || value < least) return `${key} is ${String(value)}`;
  if (current !== undefined && !BACKENDS.includes(current)) return `current is ${String(current)}`;
  return undefined;
}
