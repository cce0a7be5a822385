import { describe, expect, it } from 'vitest';
import * as nBodyCheck from '../src/n-body/check.ts';
import { variants as nBody } from '../src/n-body/variants.ts';
import { start } from './support.ts';

describe('the check of n-body', () => {
  it('sees a share that was not computed, not written, or computed from an old step', async () => {
    const context = { size: { bodies: 96, steps: 3 }, workers: 1, dir: '/' };
    const state = await (await start(nBody, 'inline', context)).run();
    const copy = () => ({
      positions: state.positions.slice(),
      velocities: state.velocities.slice(),
      accelerations: state.accelerations.slice(),
    });
    const check = async (change: (wrong: typeof state) => void) => {
      const wrong = copy();
      change(wrong);
      return (await nBodyCheck.check(wrong, context)).problem;
    };
    expect(await check(() => {})).toBeUndefined();
    expect(await check(({ accelerations }) => accelerations.fill(0, 0, 96))).toMatch('the forces along x add up to');
    expect(await check(({ accelerations }) => accelerations.fill(0))).toMatch('the acceleration of body');
    expect(await check(({ positions }) => positions.fill(NaN, 30, 33))).toMatch(/centre of mass|angular momentum/);
    expect(await check(({ velocities }) => (velocities[7]! += 1e-6))).toMatch(/momentum/);
    expect(await check(({ positions }) => (positions[7]! += 1e-6))).toMatch(/centre of mass|angular momentum/);
  });
});
