import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canClone,
  checkTransfer,
  cloneValue,
  fromBytes,
  isSmall,
  payloadError,
  toBytes,
} from '../../src/task/payload.ts';

const role = { name: 'f', subject: 'arguments' } as const;
const messageOf = (value: unknown) => (payloadError(new Error('x'), value, [], role, canClone) as Error).message;

describe('bytes for another process', () => {
  it('give back any value that structured clone gives back', () => {
    const value = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withSparseArray: true,
      withTypedArray: true,
    });
    fc.assert(
      fc.property(value, (original) => {
        if (!canClone(original)) return;
        expect(fromBytes(toBytes(original, [], role))).toStrictEqual(structuredClone(original));
      }),
      { numRuns: 300 },
    );
  });

  it('keep views of one buffer together and nothing else with them', () => {
    const buffer = new ArrayBuffer(24);
    const [a, b] = fromBytes(toBytes([new Uint8Array(buffer, 0, 8), new Float64Array(buffer, 8)], [], role)) as [
      Uint8Array,
      Float64Array,
    ];
    expect(a.buffer).toBe(b.buffer);
    expect(a.buffer.byteLength).toBe(24);
    const pooled = fromBytes(toBytes(Buffer.from('abc'), [], role)) as Uint8Array;
    expect([...pooled]).toEqual([97, 98, 99]);
  });

  it('detach what is listed only once they are made', () => {
    const buffer = new ArrayBuffer(8);
    expect(() => toBytes([buffer, () => 1], [buffer], role)).toThrow('arguments[1] is a function');
    expect(buffer.byteLength).toBe(8);
    expect((fromBytes(toBytes([buffer], [buffer], role)) as ArrayBuffer[])[0]!.byteLength).toBe(8);
    expect(buffer.byteLength).toBe(0);
  });

  it('refuse shared memory, deep inside too', () => {
    const shared = new Int32Array(new SharedArrayBuffer(8));
    expect(() => toBytes([{ deep: new Map([['x', shared]]) }], [], role)).toThrow(
      expect.objectContaining({
        code: 'HEDDLE_SHARED_ARRAY',
        message: expect.stringContaining('arguments[0].deep.get("x")'),
      }),
    );
  });

  it('refuse a message port', () => {
    const { port1, port2 } = new MessageChannel();
    expect(() => toBytes([1], [port1 as never], role)).toThrow(expect.objectContaining({ code: 'HEDDLE_TRANSFER' }));
    port2.close();
  });
});

describe('the path of what can not be sent', () => {
  const f = () => 1;
  it.each([
    [[f], 'arguments[0] is a function (f)'],
    [[{ 'a-b': [0, f] }], 'arguments[0]["a-b"][1] is a function'],
    [[new Set([1, f])], 'arguments[0].value(1) is a function'],
    [[new Map([[f, 1]])], 'arguments[0].key(0) is a function'],
    [[new Map([[{}, f]])], 'arguments[0].value(0) is a function'],
    [[Symbol('s')], 'arguments[0] is a symbol (Symbol(s))'],
    [[new WeakSet()], 'arguments[0] is a WeakSet'],
    [[new Proxy({}, {})], "arguments[0] is an object that can't be cloned"],
    [[Object.assign(new Error('e'), { cause: f })], 'arguments[0].cause is a function'],
  ])('%#', (value, expected) => {
    expect(messageOf(value)).toContain(expected);
  });

  it('ends on cycles, and takes no time for what is too deep', () => {
    const cycle: { self?: unknown; f: unknown } = { f };
    cycle.self = cycle;
    expect(messageOf([cycle])).toContain('arguments[0].f is a function');
    let deep: unknown[] = [];
    for (let level = 0; level < 50_000; level++) deep = [deep];
    for (const copy of [cloneValue, toBytes]) expect(() => copy(deep, [], role)).toThrow('nested too deeply');
  });
});

it('a transfer list is checked before anything is touched', () => {
  const good = new ArrayBuffer(8);
  const detached = new ArrayBuffer(8);
  structuredClone(detached, { transfer: [detached] });
  expect(() => checkTransfer([good, detached])).toThrow("transfer[1] can't be transferred: it is detached already");
  expect(() => checkTransfer([good, good])).toThrow("transfer[1] can't be transferred: it is listed twice");
  expect(() => checkTransfer([good, new ArrayBuffer(0)])).not.toThrow();
  expect(good.byteLength).toBe(8);
});

it('a clone moves what is listed', () => {
  const buffer = new ArrayBuffer(8);
  const { value, moved } = cloneValue([new Uint8Array(buffer)], [buffer], role);
  expect(buffer.byteLength).toBe(0);
  expect(value[0]!.buffer).toBe(moved[0]);
});

it('what is small is found without looking at much, and without running code', () => {
  for (const value of [
    1,
    'text',
    null,
    [1, 'a', { b: [2n, undefined] }],
    { view: new Float64Array(8) },
    Object.create(null),
  ])
    expect(isSmall(value)).toBe(true);
  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;
  const getter = {
    get x(): never {
      throw new Error('was run');
    },
  };
  for (const value of [
    Array.from({ length: 40 }, () => 0),
    'x'.repeat(2_000),
    new Uint8Array(2_000),
    new Uint8Array(new ArrayBuffer(2_000), 0, 1),
    [[new Map()]],
    new Date(),
    getter,
    cyclic,
  ])
    expect(isSmall(value)).toBe(false);
});
