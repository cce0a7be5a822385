// The numeric contract: the same bits for every thread count and, but for those with a bound, every instruction set.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { simdLevel } from '../src/index.ts';
import { fixture, isMissing, reportMissing } from './native.ts';

interface Digests {
  level: string;
  exact: Record<string, string | string[]>;
  bounded: Record<string, string | string[]>;
}

const LEVELS = ['baseline', 'avx2', 'avx512'];

reportMissing();

describe.skipIf(isMissing)('results', () => {
  const runs: Digests[] = [];

  beforeAll(async () => {
    const { HEDDLE_SIMD: _, ...env } = process.env;
    for (const level of LEVELS.slice(0, LEVELS.indexOf(simdLevel()) + 1)) {
      const options = { env: { ...env, HEDDLE_SIMD: level } };
      const { stdout } = await promisify(execFile)(process.execPath, [fixture('digest.mjs')], options);
      runs.push(JSON.parse(stdout) as Digests);
    }
  });

  it('come from the instruction set that was asked for', () => {
    expect(runs.map(({ level }) => level)).toEqual(LEVELS.slice(0, runs.length));
  });

  it('are the same for every thread count', () => {
    for (const { exact, bounded } of runs) {
      for (const digest of Object.values({ ...exact, ...bounded })) expect(digest).toBeTypeOf('string');
    }
  });

  it('are the same for every instruction set', () => {
    for (const { exact } of runs) expect(exact).toEqual(runs[0]!.exact);
  });
});
