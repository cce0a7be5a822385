// The command as a user runs it, from dist. Its verdicts are about times, so they are not looked at here.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { CHECKS } from '../src/checks/checks.ts';
import type { ReliabilityResult } from '../src/result.ts';

const COMMAND = path.resolve(import.meta.dirname, '../bin/heddle-reliability.js');

async function run(words: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, [COMMAND, ...words])) };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
}

describe('the reliability command', () => {
  it.skipIf(process.platform !== 'linux')('gives its figures as JSON', async () => {
    const { stdout, stderr } = await run(['--quick', '--only', 'forgets-close', '--json', '-']);
    const { command, quick, checks } = JSON.parse(stdout) as ReliabilityResult;
    expect({ command, quick }, stderr).toEqual({ command: 'reliability', quick: true });
    expect(checks.map(({ id }) => id)).toEqual(['forgets-close']);
    const figures = checks[0]!.rows.map((row) => row.figures);
    expect(figures.map(({ backend }) => backend)).toEqual(['inline', 'threads', 'processes']);
    expect(figures.map((row) => row['failed to exit with 0'])).toEqual([0, 0, 0]);
  });

  it('refuses what it does not know, and runs nothing', async () => {
    const { code, stdout, stderr } = await run(['--only', 'storms']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(
      `heddle-reliability: there is no check 'storms': it is one of ${CHECKS.map(({ id }) => id).join(', ')}\n`,
    );
  });
});
