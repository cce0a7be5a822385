// Which calls of a burst are held, and when they go, with backends that do what the test says.
import { describe, expect, it } from 'vitest';
import { CallLine, type Waiter } from '../../src/auto/call-line.ts';
import type { Part } from '../../src/auto/part.ts';
import { heddleError } from '../../src/errors/errors.ts';
import type { Packed } from '../../src/transport/transport.ts';
import { errorOf } from '../helpers.ts';

interface Sent {
  readonly where: 'inline' | 'workers';
  readonly value: unknown;
  readonly wasHeld: boolean;
  readonly waiter: Waiter;
}

/** A line whose function gives its argument back; the test settles what is inline. */
function makeLine({ heldMax = 100, window = 1 } = {}) {
  const packHeld = (_name: string, args: readonly unknown[]): Packed => {
    if (args[0] === 'bad') throw new TypeError('it can’t be copied');
    return { value: [...args] } as unknown as Packed;
  };
  const inline = { backend: 'inline', core: { packHeld } } as unknown as Part;
  const workers = { backend: 'threads' } as unknown as Part;
  const state = { window, to: inline, refuses: undefined as unknown, awayMax: Infinity, idle: 0 };
  const sent: Sent[] = [];
  const send = (part: Part, args: readonly unknown[], wasHeld: boolean, waiter: Waiter) => {
    if (args[0] === 'refused') throw new TypeError('no');
    sent.push({ where: part === inline ? 'inline' : 'workers', value: args[0], wasHeld, waiter });
    if (part === workers && state.awayMax === Infinity) waiter.resolve(args[0]);
  };
  const line = new CallLine({
    name: 'f',
    inline,
    route: () => {
      if (state.refuses !== undefined) throw state.refuses;
      return state.to;
    },
    window: () => state.window,
    awayMax: () => state.awayMax,
    onIdle: () => void state.idle++,
    heldMax,
    submit: (part, args, waiter) => send(part, args!, false, waiter),
    submitHeld: (part, held, waiter) => send(part, held.value as unknown[], true, waiter),
  });
  const call = (value: unknown) => {
    const result = new Promise((resolve, reject) => line.take([value], { resolve, reject }));
    result.catch(() => {});
    return result;
  };
  /** The oldest that is there gives its result; the next may come in the microtask after. */
  const settleOne = async (where: Sent['where'] = 'inline') => {
    const next = sent.find((each) => each.where === where && !settled.has(each))!;
    settled.add(next);
    next.waiter.resolve(next.value);
    await Promise.resolve();
  };
  const settled = new Set<Sent>();
  const places = () => sent.map(({ where, value }) => `${where} ${String(value)}`);
  return { line, state, workers, inline, call, settleOne, places, sent };
}

describe('calls of one function', () => {
  it('run inline as many as may, and the others are held, in their order', async () => {
    const { line, state, call, settleOne, places, sent } = makeLine();
    const results = [1, 2, 3, 4].map(call);
    expect([places(), line.held]).toEqual([['inline 1'], 3]);
    await settleOne();
    expect([places(), line.held]).toEqual([['inline 1', 'inline 2'], 2]);
    void call(5);
    state.window = 4;
    line.handOn();
    expect(places().slice(2)).toEqual(['inline 3', 'inline 4', 'inline 5']);
    expect(sent.map(({ wasHeld }) => wasHeld)).toEqual([false, true, true, true, true]);
    expect(line.held).toBe(0);
    for (let i = 0; i < 4; i++) await settleOne();
    expect(await Promise.all(results)).toEqual([1, 2, 3, 4]);
  });

  it('go to workers as soon as that is where they belong, those first that were first', async () => {
    const { line, state, workers, call, places } = makeLine();
    const results = [1, 2, 3].map(call);
    state.to = workers;
    line.handOn();
    const last = call(4);
    expect(places()).toEqual(['inline 1', 'workers 2', 'workers 3', 'workers 4']);
    expect(line.held).toBe(0);
    expect(await Promise.all([...results.slice(1), last])).toEqual([2, 3, 4]);
  });

  it('go when somebody tells that workers are there', async () => {
    const { line, state, workers, call, places } = makeLine();
    void call(1);
    const second = call(2);
    state.to = workers;
    line.handOn();
    expect(places()).toEqual(['inline 1', 'workers 2']);
    expect(await second).toBe(2);
  });

  it('go to the workers that are there and inline, each as far as there is room, until there is room for all', async () => {
    const { line, state, workers, call, settleOne, places } = makeLine();
    state.to = workers;
    state.awayMax = 2;
    const results = [1, 2, 3, 4, 5, 6].map(call);
    expect([places(), line.held]).toEqual([['workers 1', 'workers 2', 'inline 3'], 3]);
    await settleOne('workers');
    expect(places().slice(3)).toEqual(['workers 4']);
    await settleOne();
    expect(places().slice(4)).toEqual(['inline 5']);
    expect(state.idle).toBe(0);
    state.awayMax = Infinity;
    line.handOn();
    expect(places().slice(5)).toEqual(['workers 6']);
    for (let i = 0; i < 2; i++) await settleOne('workers');
    await settleOne();
    expect(await Promise.all(results)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(state.idle).toBe(1);
  });

  it('are refused when too many are held, and when they can’t be copied; the others stay', async () => {
    const { line, call, settleOne, places } = makeLine({ heldMax: 2 });
    void call(1);
    const [second, third, fourth] = [call(2), call(3), call(4)];
    expect(await errorOf(fourth)).toMatchObject({ code: 'HEDDLE_QUEUE_FULL' });
    await settleOne();
    expect(await errorOf(call('bad'))).toBeInstanceOf(TypeError);
    expect(line.held).toBe(1);
    await settleOne();
    await settleOne();
    expect(await Promise.all([second, third])).toEqual([2, 3]);
    expect(places()).toEqual(['inline 1', 'inline 2', 'inline 3']);
  });

  it('end with the error of their own when they can’t be submitted, and hold up nobody', async () => {
    const { line, call, settleOne, places } = makeLine();
    void call(1);
    const [refused, third] = [call('refused'), call(3)];
    await settleOne();
    expect(await errorOf(refused)).toBeInstanceOf(TypeError);
    expect(places()).toEqual(['inline 1', 'inline 3']);
    await settleOne();
    expect(await third).toBe(3);
    expect(line.held).toBe(0);
  });

  it('end with the reason when no call is taken any more', async () => {
    const { state, call, settleOne } = makeLine();
    void call(1);
    const [second, third] = [call(2), call(3)];
    state.refuses = heddleError('HEDDLE_POOL_CLOSED', { pool: 'p' });
    await settleOne();
    expect(await errorOf(second)).toMatchObject({ code: 'HEDDLE_POOL_CLOSED' });
    expect(await errorOf(third)).toMatchObject({ code: 'HEDDLE_POOL_CLOSED' });
  });

  it('are all handed over at the end', () => {
    const { line, call, places } = makeLine();
    void [1, 2, 3].map(call);
    line.flush();
    expect(places()).toEqual(['inline 1', 'inline 2', 'inline 3']);
    expect(line.held).toBe(0);
  });
});
