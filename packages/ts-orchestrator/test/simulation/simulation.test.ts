import { describe, expect, it } from 'vitest';
import { replay, simulate } from './main.ts';

/** As many as take a second or two; `npm run simulate -- 100000` runs more. */
const SCHEDULES = 500;

describe('random schedules', () => {
  const seed = process.env.HEDDLE_SEED;

  it.runIf(seed === undefined)(`keep every promise, ${SCHEDULES} of them`, async () => {
    const lines: string[] = [];
    const { failed } = await simulate(1, SCHEDULES, (line) => lines.push(line));
    expect(failed, lines.join('\n')).toBe(0);
  });

  it.runIf(seed !== undefined)(`keep every promise, the one of HEDDLE_SEED=${seed}`, async () => {
    const lines: string[] = [];
    const failed = await replay(Number(seed), (line) => lines.push(line));
    expect(failed, lines.join('\n')).toBe(0);
  });
});
