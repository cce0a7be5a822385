import { expect, test } from 'vitest';
import { heddle, scratchDir } from './heddle.ts';

test('compare hazard-lab: a row, what was seen in words, and processes contain everything', async () => {
  const cwd = scratchDir();
  const { code, stdout } = await heddle(['compare', 'hazard-lab', '--quick', '--budget', '1'], { cwd });
  expect(code).toBe(0);
  expect(stdout).toMatch(/hazard-lab \(hazards survived\) .* 6 of 6 ✓/);
  expect(stdout).toContain('HEDDLE_WORKER_DIED');
  expect(stdout).toMatch(/best\s+hazards survived: processes 6 of 6, threads \d of 6 and inline 1 of 6/);
});
