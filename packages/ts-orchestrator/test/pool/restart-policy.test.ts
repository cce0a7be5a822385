import { describe, expect, it } from 'vitest';
import { RestartPolicy, type RestartFailure } from '../../src/pool/restart-policy.ts';

/** Draws the middle of every range. */
const middle = { next: () => 0.5 };

/** A policy whose every failure is of the worker that was started last, unless told otherwise. */
function policyOf(limit: { count: number; windowMs: number }) {
  const policy = new RestartPolicy(limit, middle);
  let lastStartedId = 0;
  const fail = (atMs: number, failure: Partial<RestartFailure> = {}) => {
    lastStartedId++;
    return policy.onFailure({
      workerId: lastStartedId,
      lastStartedId,
      isStart: true,
      atMs,
      cause: `failure ${lastStartedId}`,
      ...failure,
    });
  };
  return { policy, fail };
}

describe('restarts', () => {
  it('are immediate once, then wait longer and longer, up to a bound', () => {
    const { fail } = policyOf({ count: 100, windowMs: 1_000_000 });
    const delays = Array.from({ length: 9 }, () => (fail(0) as { delayMs: number }).delayMs);
    expect(delays).toEqual([0, 50, 100, 200, 400, 800, 1_600, 2_500, 2_500]);
  });

  it('end when there are more than `count` in the window, for the first of them', () => {
    const { fail } = policyOf({ count: 2, windowMs: 1_000 });
    expect(fail(0, { isStart: false })).toEqual({ delayMs: 0 });
    expect(fail(999, { isStart: false })).toEqual({ delayMs: 50 });
    // The first has left the window.
    expect(fail(1_000, { isStart: false })).toEqual({ delayMs: 50 });
    expect(fail(1_001, { isStart: false })).toEqual({ giveUpFor: 'failure 2' });
  });

  it('end after as many failed starts in a row, however slowly they fail', () => {
    const { policy, fail } = policyOf({ count: 2, windowMs: 1_000 });
    expect(fail(0)).toHaveProperty('delayMs');
    expect(fail(60_000)).toHaveProperty('delayMs');
    policy.onReady();
    expect(fail(120_000)).toEqual({ delayMs: 0 });
    expect(fail(180_000)).toHaveProperty('delayMs');
    expect(fail(240_000)).toEqual({ giveUpFor: 'failure 3' });
  });

  it('of workers started together count once', () => {
    const { fail } = policyOf({ count: 1, windowMs: 1_000 });
    for (let workerId = 1; workerId <= 8; workerId++)
      expect(fail(0, { workerId, lastStartedId: 8 })).toEqual({ delayMs: 0 });
    expect(fail(1, { workerId: 9, lastStartedId: 10 })).toEqual({ giveUpFor: 'failure 1' });
  });

  it('may not be wanted at all', () => {
    expect(policyOf({ count: 0, windowMs: 1 }).fail(0)).toEqual({ giveUpFor: 'failure 1' });
  });
});
