// Runs the cases one after the other, the variants of each in turn, every round a program of its own.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { freshEnvironment } from '../fresh-environment.ts';
import { runCases } from '../run-cases.ts';
import type { SuiteOptions } from '../suite.ts';
import { quickOrder, type ClusterCase, type Variant } from './orders.ts';
import { redisVersion } from './redis.ts';
import { caseResult, type ClusterResult, type RoundEnd } from './result.ts';
import type { RoundReport } from './report.ts';

const PROGRAMS = { heddle: 'round', idle: 'idle-round', bullmq: 'bullmq-round' } as const;
/** A ceiling against a hang. */
const ROUND_TIMEOUT_MS = 300_000;

/** One round, to its end. After an abort its program is told to end, and what it says does not count. */
export async function runRound({ runner, order }: Variant, signal: AbortSignal): Promise<RoundEnd> {
  const file = fileURLToPath(new URL(`../../dist/cluster/${PROGRAMS[runner]}.js`, import.meta.url));
  const child = spawn(process.execPath, [file, JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: freshEnvironment(),
    // A group of its own, so that what it has started ends with it, whatever happens.
    detached: true,
  });
  const endGroup = () => {
    try {
      process.kill(-child.pid!, 'SIGKILL');
    } catch {
      // It has ended.
    }
  };
  const late = setTimeout(endGroup, ROUND_TIMEOUT_MS);
  signal.addEventListener('abort', endGroup, { once: true });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += String(chunk)));
  child.stderr.on('data', (chunk: Buffer) => (err = (err + String(chunk)).slice(-4_000)));
  const [code, ended] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
    child.once('close', (...end: [number | null, NodeJS.Signals | null]) => resolve(end)),
  );
  clearTimeout(late);
  signal.removeEventListener('abort', endGroup);
  endGroup();
  if (code === 0) return JSON.parse(out) as RoundReport;
  return { problem: `the round ended with ${ended ?? code}: ${err.trim()}` };
}

async function runCase(one: ClusterCase, step: string, { quick, signal, onProgress }: SuiteOptions) {
  const rounds = quick ? one.rounds.quick : one.rounds.full;
  const variants = one.variants.map((variant) => (quick ? { ...variant, order: quickOrder(variant.order) } : variant));
  const ends: RoundEnd[][] = variants.map(() => []);
  for (let round = 0; round < rounds; round++)
    for (const [place, variant] of variants.entries()) {
      if (signal.aborted) break;
      onProgress(step, `round ${round + 1} of ${rounds}, ${variant.id}`);
      const end = await runRound(variant, signal);
      if (!signal.aborted) ends[place]!.push(end);
    }
  return caseResult({ ...one, variants }, ends);
}

export async function runCluster(cases: readonly ClusterCase[], options: SuiteOptions): Promise<ClusterResult> {
  const redis = redisVersion();
  if (redis === undefined)
    throw new Error('the suite cluster needs a redis-server: on Debian `apt-get install redis-server`');
  const { results, ...about } = await runCases(cases, options, () => (one, step) => runCase(one, step, options));
  return { suite: 'cluster', quick: options.quick, ...about, redis, cases: results };
}
