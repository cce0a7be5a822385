/** Runs one throw-away program to its end, or to the moment when its main loop has stopped turning, and tells what happened. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { builtFile } from '../support/built-file.ts';
import { HEAP_MIB } from './input.ts';
import type { Hazard, SharingName } from './input.ts';
import type { Line } from './program.ts';
import type { Sharing, SharingLine } from './sharing-program.ts';

export interface Observation {
  hazard: Hazard;
  /** How the program ended by the hazard: a signal, an exit code, or that it hung. Absent: it lived and was back. */
  ended?: string;
  /** Class or code of the error that the caller of the guilty task got; absent when it was told nothing. */
  told?: string;
  /** Results of innocent tasks, by seed; those that are missing were lost. */
  innocents: Record<number, string>;
  recoveryMs?: number;
  workersLost: number;
}

/** What became of state that tasks share. */
export interface SharingObservation {
  /** Absent: the program was ended by it, or by what came before. */
  seen: Partial<Record<SharingName, Sharing>>;
  /** As in an Observation. Absent: it came to its end. */
  ended?: string;
}

/** A program whose loop has not turned for this long hangs; it writes sixty times in that time. */
const SILENCE_MS = 1_500;
/** A program takes well under a second to start; this only bounds one that never does. */
const START_LIMIT_MS = 30_000;
/** Longer than any task of the sharing program may take (sharing-program.ts), which tells of one at a time. */
const SHARING_SILENCE_MS = 60_000;

export interface RunningProgram<Seen> {
  observed: Promise<Seen>;
  /** Kills it; `observed` resolves then. */
  kill(): void;
}

export function runProgram(backend: string, hazard: Hazard, innocents: number): RunningProgram<Observation> {
  const limits = backend === 'inline' ? [`--max-old-space-size=${HEAP_MIB}`] : [];
  const observation: Observation = { hazard, innocents: {}, workersLost: 0 };
  const { ended, kill } = follow<Line>(
    [...limits, pathOf('./program.js'), backend, hazard, String(innocents)],
    SILENCE_MS,
    note,
  );
  function note(line: Line): boolean {
    if (line.event === 'told') observation.told = line.error;
    else if (line.event === 'innocent') observation.innocents[line.seed] = line.value;
    else if (line.event === 'back') {
      observation.recoveryMs = line.recoveryMs;
      observation.workersLost = line.workersLost;
    }
    return line.event === 'back';
  }
  return { observed: ended.then((how) => ({ ...observation, ...(how !== undefined && { ended: how }) })), kill };
}

export function runSharing(backend: string, last: SharingName): RunningProgram<SharingObservation> {
  const seen: SharingObservation['seen'] = {};
  const { ended, kill } = follow<SharingLine>([pathOf('./sharing-program.js'), backend], SHARING_SILENCE_MS, (line) => {
    seen[line.name] = line.sharing;
    return last in seen;
  });
  return { observed: ended.then((how) => ({ seen, ...(how !== undefined && { ended: how }) })), kill };
}

const pathOf = (name: string): string => fileURLToPath(builtFile(name, import.meta.url));

/**
 * Gives each line of a program to `note`, which says whether that was the last that matters; from then on it may be silent. `ended` tells
 * what ended it before that.
 */
function follow<L>(
  args: string[],
  silenceMs: number,
  note: (line: L) => boolean,
): { ended: Promise<string | undefined>; kill: () => void } {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  let isHanging = false;
  const hang = (): void => {
    isHanging = true;
    child.kill('SIGKILL');
  };
  let silence = setTimeout(hang, START_LIMIT_MS);
  let isDone = false;
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    clearTimeout(silence);
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    for (const line of lines) if (note(JSON.parse(line) as L)) isDone = true;
    if (!isDone) silence = setTimeout(hang, silenceMs);
  });
  const ended = new Promise<string | undefined>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(silence);
      resolve(isDone ? undefined : isHanging ? 'hangs' : (signal ?? `exit code ${code}`));
    });
  });
  return { ended, kill: () => void child.kill('SIGKILL') };
}
