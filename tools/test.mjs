#!/usr/bin/env node
// `npm test`: every TypeScript test through vitest and the C++ test program, with one closing line of real counts.
//   npm test -- packages/machine     only the tests whose path matches
//   npm test -- --long               only those that take long, which are left out otherwise (*.long.test.ts)
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const words = process.argv.slice(2);
const isLong = words.includes('--long');
const filters = words.filter((word) => word !== '--long');
const counts = { passed: 0, failed: 0, skipped: 0 };

function runVitest() {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'heddle-test-'));
  const report = path.join(scratch, 'report.json');
  const require = createRequire(path.join(root, 'package.json'));
  const vitest = path.join(path.dirname(require.resolve('vitest/package.json')), 'vitest.mjs');
  const args = [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...filters];
  if (isLong) args.push('--project', 'long');
  const { status } = spawnSync(process.execPath, args, {
    cwd: root,
    env: { ...process.env, HEDDLE_LONG_TESTS: isLong ? '1' : '0' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  try {
    const result = JSON.parse(fs.readFileSync(report, 'utf8'));
    counts.passed += result.numPassedTests;
    counts.skipped += result.numPendingTests + (result.numTodoTests ?? 0);
    // A file that fails to load, or an error outside of any test, fails the run without failing a test: it counts too.
    const broken = result.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
    counts.failed += result.numFailedTests + broken.length;
    if (status !== 0 && counts.failed === 0) counts.failed++;
  } catch {
    counts.failed++;
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

function runCpp() {
  const program = path.join(root, 'packages/core-native/build/Release/core_tests');
  if (!fs.existsSync(program)) {
    counts.skipped++;
    console.log('C++ tests skipped: the native part is not built (it needs a C++20 compiler, make and python3)');
    if (process.env.HEDDLE_REQUIRE_TOOLS === '1') counts.failed++;
    return;
  }
  const { status, stdout } = spawnSync(program, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  process.stdout.write(stdout ?? '');
  const [, passed, failed] = /(\d+) passed, (\d+) failed/.exec(stdout ?? '') ?? [];
  counts.passed += Number(passed ?? 0);
  counts.failed += Number(failed ?? 0);
  if (status !== 0 && !(Number(failed) > 0)) counts.failed++;
}

runVitest();
if (filters.length === 0 && !isLong) runCpp();
if (!isLong) console.log('\nnot run: *.long.test.ts (npm test -- --long)');
console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
