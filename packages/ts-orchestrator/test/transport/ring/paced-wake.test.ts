import { describe, expect, it } from 'vitest';
import { PacedWake } from '../../../src/transport/ring/paced-wake.ts';
import { MAILBOX_RING_BYTES } from '../../../src/transport/mailbox-memory.ts';
import { PACED_WORD } from '../../../src/transport/ring/ring-layout.ts';

const endOfTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

function paced() {
  const words = new Int32Array(new SharedArrayBuffer(MAILBOX_RING_BYTES));
  const state = { wakes: 0, isPaced: () => Atomics.load(words, PACED_WORD) === 1 };
  const pace = new PacedWake(() => state.wakes++);
  return { state, onTurn: pace.onTurn, ask: (times = 1) => Array.from({ length: times }, () => pace.wake(words)) };
}

describe('wake-ups', () => {
  it('of a burst are two at once, and one for the rest when the turn ends', async () => {
    const { state, ask } = paced();
    ask(9);
    expect(state.wakes).toBe(2);
    expect(state.isPaced()).toBe(true);
    await endOfTurn();
    expect(state.wakes).toBe(3);
    // The reader looks by itself as long as bursts go on.
    expect(state.isPaced()).toBe(true);
    ask(3);
    expect(state.wakes).toBe(4);
    await endOfTurn();
    expect(state.wakes).toBe(5);
  });

  it('one in a turn goes at once, and ends the pace', async () => {
    const { state, ask, onTurn } = paced();
    ask(3);
    await endOfTurn();
    onTurn();
    ask();
    expect(state.wakes).toBe(4);
    await endOfTurn();
    expect(state.isPaced()).toBe(false);
  });

  it('one after each turn that is known sets nothing for its end', () => {
    const { state, ask, onTurn } = paced();
    const set: unknown[] = [];
    const { nextTick } = process;
    process.nextTick = (callback: unknown) => void set.push(callback);
    try {
      for (let turn = 0; turn < 9; turn++) {
        onTurn();
        ask();
      }
    } finally {
      process.nextTick = nextTick;
    }
    expect(state.wakes).toBe(9);
    expect(set).toEqual([]);
    expect(state.isPaced()).toBe(false);
  });

  it('are put off no longer than a turn where none is known', async () => {
    const { state, ask } = paced();
    for (let turn = 1; turn <= 9; turn++) {
      ask();
      expect(state.wakes).toBe(turn);
      await endOfTurn();
    }
    expect(state.isPaced()).toBe(false);
  });

  it('keep their pace while the answers of a burst come in', async () => {
    const { state, ask, onTurn } = paced();
    ask(3);
    onTurn();
    ask(3);
    expect(state.wakes).toBe(2);
    await endOfTurn();
    expect(state.wakes).toBe(3);
  });
});
