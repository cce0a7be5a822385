/** Runs one throw-away program to its end, or to the moment when its main loop has stopped turning, and tells what happened. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { builtFile } from '../support/built-file.ts';
import { HEAP_MIB } from './input.ts';
import type { Hazard } from './input.ts';
import type { Line } from './program.ts';

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

/** A program whose loop has not turned for this long hangs; it writes sixty times in that time. */
const SILENCE_MS = 1_500;
/** A program takes well under a second to start; this only bounds one that never does. */
const START_LIMIT_MS = 30_000;

export interface RunningProgram {
  observed: Promise<Observation>;
  /** Kills it; `observed` resolves then. */
  kill(): void;
}

export function runProgram(backend: string, hazard: Hazard, innocents: number): RunningProgram {
  const args = [fileURLToPath(builtFile('./program.js', import.meta.url)), backend, hazard, String(innocents)];
  const limits = backend === 'inline' ? [`--max-old-space-size=${HEAP_MIB}`] : [];
  const child = spawn(process.execPath, [...limits, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  const observation: Observation = { hazard, innocents: {}, workersLost: 0 };
  let isHanging = false;
  const hang = (): void => {
    isHanging = true;
    child.kill('SIGKILL');
  };
  let silence = setTimeout(hang, START_LIMIT_MS);
  let isBack = false;
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    clearTimeout(silence);
    if (!isBack) silence = setTimeout(hang, SILENCE_MS);
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    for (const line of lines) note(JSON.parse(line) as Line);
  });
  function note(line: Line): void {
    if (line.event === 'told') observation.told = line.error;
    else if (line.event === 'innocent') observation.innocents[line.seed] = line.value;
    else if (line.event === 'back') {
      isBack = true;
      clearTimeout(silence);
      observation.recoveryMs = line.recoveryMs;
      observation.workersLost = line.workersLost;
    }
  }
  const observed = new Promise<Observation>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(silence);
      if (!isBack) observation.ended = isHanging ? 'hangs' : (signal ?? `exit code ${code}`);
      resolve(observation);
    });
  });
  return { observed, kill: () => void child.kill('SIGKILL') };
}
