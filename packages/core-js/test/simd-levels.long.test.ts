// The conformance suite once more for each instruction set besides the one that this process uses: a process takes its
// instruction set from HEDDLE_SIMD when it loads the binary, so each one needs a process of its own.
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { describeNative } from './support/cores.ts';

const LEVELS = ['baseline', 'avx2', 'avx512'];
const REPOSITORY = path.resolve(import.meta.dirname, '../../..');
const CONFORMANCE = 'packages/core-js/test/conformance';
/** A ceiling against a hang; a run takes some ten seconds. */
const LIMIT_MS = 240_000;

const require = createRequire(import.meta.url);
const vitest = path.join(path.dirname(require.resolve('vitest/package.json')), 'vitest.mjs');

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  testResults: {
    message: string;
    assertionResults: { status: string; fullName: string; failureMessages: string[] }[];
  }[];
}

/** Runs the suite at one level; gives vitest's report, whether tests failed or not. */
async function runSuite(level: string): Promise<Report> {
  const args = [vitest, 'run', '--reporter=json', CONFORMANCE];
  const env = { ...process.env, HEDDLE_SIMD: level, HEDDLE_REQUIRE_TOOLS: '1' };
  const options = { cwd: REPOSITORY, env, maxBuffer: 2 ** 28, timeout: LIMIT_MS };
  const run = promisify(execFile)(process.execPath, args, options);
  const { stdout } = await run.catch((error: Error & { stdout?: string }) => {
    if (!error.stdout?.startsWith('{')) throw error;
    return { stdout: error.stdout };
  });
  return JSON.parse(stdout) as Report;
}

describeNative('the native package with another instruction set', (native) => {
  const others = LEVELS.filter((level) => level !== native.simdLevel());
  describe.each(others)('%s', (level) => {
    it(
      'gives what core-js gives',
      async ({ skip }) => {
        const report = await runSuite(level);
        const failures = report.testResults.flatMap(({ message, assertionResults }) => [
          ...(message === '' ? [] : [message]),
          ...assertionResults.filter(({ status }) => status === 'failed').flatMap((test) => test.failureMessages),
        ]);
        if (failures.some((text) => text.includes(`HEDDLE_SIMD=${level} can't be used here`))) {
          skip(`this processor has no ${level}`);
        }
        expect(failures.join('\n\n')).toBe('');
        expect(report.numPendingTests).toBe(0);
        expect(report.numPassedTests).toBeGreaterThan(0);
      },
      LIMIT_MS,
    );
  });
});
