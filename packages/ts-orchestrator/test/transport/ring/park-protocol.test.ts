/**
 * The steps of ring.ts that touch shared words, as a model: every interleaving of a writer with a reader is tried. Each step is one
 * sequentially consistent access; what a side knows by itself is in its own state.
 */
import { describe, expect, it } from 'vitest';

interface State {
  tail: number;
  parked: 0 | 1;
  /** The system's part: the reader sleeps until the writer's wake-up. */
  isAsleep: boolean;
  writer: { at: 'store tail' | 'read parked' | 'exchange' | 'wake' | 'done'; left: number };
  reader: { at: 'read tail' | 'park' | 'read tail again' | 'unpark' | 'compare' | 'asleep'; head: number };
}

interface Variant {
  /** The reader looks at the tail before it raises its flag, not after. */
  readonly looksFirst?: boolean;
  /** The writer looks at the flag before it stores the tail. */
  readonly looksAtFlagFirst?: boolean;
  /** The reader sleeps without the comparison that `Atomics.wait` makes. */
  readonly sleepsBlindly?: boolean;
}

const RECORDS = 3;

function writerStep(state: State, { looksAtFlagFirst = false }: Variant): void {
  const { writer } = state;
  const endRecord = () => {
    writer.left--;
    writer.at = writer.left === 0 ? 'done' : looksAtFlagFirst ? 'read parked' : 'store tail';
  };
  switch (writer.at) {
    case 'store tail':
      state.tail++;
      if (looksAtFlagFirst) endRecord();
      else writer.at = 'read parked';
      return;
    case 'read parked':
      if (state.parked === 1) writer.at = 'exchange';
      else if (looksAtFlagFirst) writer.at = 'store tail';
      else endRecord();
      return;
    case 'exchange': {
      const was = state.parked;
      state.parked = 0;
      if (was === 1) writer.at = 'wake';
      else if (looksAtFlagFirst) writer.at = 'store tail';
      else endRecord();
      return;
    }
    case 'wake':
      state.isAsleep = false;
      if (looksAtFlagFirst) writer.at = 'store tail';
      else endRecord();
  }
}

function readerStep(state: State, { looksFirst = false, sleepsBlindly = false }: Variant): void {
  const { reader } = state;
  switch (reader.at) {
    case 'read tail':
      // Takes all there is and looks again; nothing there: parks.
      if (reader.head === state.tail) reader.at = 'park';
      reader.head = state.tail;
      return;
    case 'park':
      state.parked = 1;
      reader.at = looksFirst ? 'compare' : 'read tail again';
      return;
    case 'read tail again':
      reader.at = state.tail === reader.head ? 'compare' : 'unpark';
      return;
    case 'unpark':
      state.parked = 0;
      reader.at = 'read tail';
      return;
    case 'compare':
      // One step with falling asleep, as in a futex.
      if (state.parked === 1 || sleepsBlindly) {
        state.isAsleep = true;
        reader.at = 'asleep';
      } else reader.at = 'read tail';
      return;
    case 'asleep':
      reader.at = 'read tail';
  }
}

/** Tries every order of steps. Gives the states in which nothing more happens though records are left, and how many were seen. */
function explore(variant: Variant = {}): { lost: State[]; states: number } {
  const start: State = {
    tail: 0,
    parked: 0,
    isAsleep: false,
    writer: { at: variant.looksAtFlagFirst === true ? 'read parked' : 'store tail', left: RECORDS },
    reader: { at: 'read tail', head: 0 },
  };
  const seen = new Set<string>();
  const lost: State[] = [];
  const open = [start];
  while (open.length > 0) {
    const state = open.pop()!;
    const key = JSON.stringify(state);
    if (seen.has(key)) continue;
    seen.add(key);
    const canWrite = state.writer.at !== 'done';
    const canRead = !(state.reader.at === 'asleep' && state.isAsleep);
    if (!canWrite && !canRead && state.reader.head !== state.tail) lost.push(state);
    for (const [can, step] of [
      [canWrite, writerStep],
      [canRead, readerStep],
    ] as const) {
      if (!can) continue;
      const next = structuredClone(state);
      step(next, variant);
      open.push(next);
    }
  }
  return { lost, states: seen.size };
}

describe('parking, in every interleaving', () => {
  it('never leaves the reader asleep beside a record', () => {
    const { lost, states } = explore();
    expect(lost).toEqual([]);
    expect(states).toBeGreaterThan(100);
  });

  it.each<[string, Variant]>([
    ['the reader looked before it raised its flag', { looksFirst: true }],
    ['the writer looked before it stored', { looksAtFlagFirst: true }],
    ['the reader slept without comparing', { sleepsBlindly: true }],
  ])('would, if %s', (_what, variant) => {
    expect(explore(variant).lost).not.toEqual([]);
  });
});
