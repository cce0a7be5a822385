import vm from 'node:vm';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PackedList } from '../src/packed-list.ts';
import { ValueReader } from '../src/value-reader.ts';
import { REFUSED, ValueWriter } from '../src/value-writer.ts';
import { differenceOf } from './difference.ts';
import { smallValue } from './values.ts';

/** More of them: HEDDLE_CODEC_VALUES=1000000 npm test -- packages/codec */
const VALUES = Number(process.env['HEDDLE_CODEC_VALUES'] ?? 10_000);

const BYTES = 8_192;
const memory = new SharedArrayBuffer(BYTES);
const writer = new ValueWriter(memory);
const reader = new ValueReader(memory);

/** Writes at an odd place, and gives what is read back; undefined when it was refused. */
function trip(value: unknown, bytes = BYTES - 3): { value: unknown } | undefined {
  const end = writer.write(value, 3, 3 + bytes);
  expect(end).toBeLessThanOrEqual(3 + bytes);
  return end === REFUSED ? undefined : { value: reader.read(3, end) };
}

function accepts(value: unknown): void {
  const read = trip(value);
  if (read === undefined) expect.fail('refused');
  const difference = differenceOf(read.value, structuredClone(value));
  if (difference !== undefined) expect.fail(difference);
}

function isRefused(value: unknown): void {
  expect(trip(value)).toBeUndefined();
}

describe('a small value as bytes', () => {
  it('comes back as structured clone gives it, or is refused', () => {
    let accepted = 0;
    fc.assert(
      fc.property(smallValue, fc.integer({ min: 0, max: 300 }), (value, bytes) => {
        const read = trip(value, bytes > 200 ? undefined : bytes);
        if (read === undefined) return true;
        accepted++;
        return differenceOf(read.value, structuredClone(value)) === undefined;
      }),
      { numRuns: VALUES },
    );
    expect(accepted).toBeGreaterThan(VALUES / 3);
  }, 600_000);

  it.each<[string, unknown]>([
    ['nothing', [undefined, null]],
    ['numbers', [0, -0, 127, 128, -1, 2 ** 31, -(2 ** 31), 2 ** 31 - 1, 0.1, NaN, Infinity, -Infinity, 5e-324]],
    ['a minus zero among integers', [1, 2, -0]],
    ['bigints', [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n)]],
    ['strings', ['', 'plain', 'äß', 'Ω', '😀', '\ud800', '\udc00x', 'é'.repeat(30), 'x'.repeat(1_000), '\0']],
    ['dates', [new Date(0), new Date(NaN), new Date(8.64e15)]],
    ['holes', [1, , 3, , ,]], // eslint-disable-line no-sparse-arrays
    ['only holes', Object.assign([], { length: 5 })],
    ['an undefined element', [undefined, , undefined]], // eslint-disable-line no-sparse-arrays
    ['objects', { b: 1, a: { 2: 'x', 1: 'y' }, '': null, 'a key with Ω': 1, ['k'.repeat(300)]: 2 }],
    ['an empty object', [{}, { a: {} }]],
    ['a frozen object with a symbol and a hidden property', frozen()],
    ['a getter', { get five() { return 5; } }], // prettier-ignore
    ['buffers', [new Uint8Array([1, 2]).buffer, new Uint16Array([7]), new DataView(new ArrayBuffer(3)), new Float64Array([NaN, -0])]], // prettier-ignore
    ['bytes of every kind', [new Uint8ClampedArray(1), new BigInt64Array(1), new BigUint64Array(2), new Float32Array(3), new Int8Array(4), new Int16Array(1), new Uint32Array(2), new Int32Array(20)]], // prettier-ignore
    ['40 objects', Array.from({ length: 40 }, (_, index) => ({ index }))],
  ])('is exact: %s', (_what, value) => {
    accepts(value);
    for (const part of Array.isArray(value) ? (value as unknown[]) : []) accepts(part);
  });

  const twice = {};
  const cycle: unknown[] = [];
  cycle.push({ cycle });
  const buffer = new ArrayBuffer(8);
  const detached = new ArrayBuffer(8);
  const detachedView = new Uint8Array(detached);
  structuredClone(detached, { transfer: [detached] });
  it.each<[string, unknown]>([
    ['an object met twice', [twice, twice]],
    ['one met twice among many', [...Array.from({ length: 30 }, () => ({})), twice, twice]],
    ['a cycle', cycle],
    ['views of one buffer', [new Uint8Array(buffer), new Int8Array(buffer)]],
    ['a view of a part', new Uint8Array(buffer, 1)],
    ['a pooled Buffer', Buffer.from('abc')],
    ['a detached buffer', detached],
    ['a detached view', detachedView],
    ['an empty buffer', new ArrayBuffer(0)],
    ['shared memory', new Uint8Array(new SharedArrayBuffer(8))],
    ['a view with another prototype', Object.setPrototypeOf(new Int8Array(1), Uint8Array.prototype)],
    ['a resizable buffer', Reflect.construct(ArrayBuffer, [8, { maxByteLength: 16 }])],
    ['a function', { f() {} }],
    ['a symbol', [Symbol('s')]],
    ['a proxy', new Proxy({ a: 1 }, {})],
    ['a proxy of an array', new Proxy([1], {})],
    ['a proxy of a date', new Proxy(new Date(), {})],
    ['arguments', (function () { return arguments; })()], // prettier-ignore
    ['an object without prototype', Object.create(null)],
    ['an instance', new (class A { a = 1; })()], // prettier-ignore
    ['an array with a property', Object.assign([1, 2], { x: 1 })],
    ['one with as many holes as properties', Object.assign([1, , 3], { x: 1 })], // eslint-disable-line no-sparse-arrays
    ['one with holes and a property', Object.assign([1, , , 3], { x: 1 })], // eslint-disable-line no-sparse-arrays
    ['the result of a match', 'abc'.match(/b/)],
    ['an array of a subclass', new (class extends Array {})()],
    ['a Map', new Map()],
    ['a Map that looks plain', Object.setPrototypeOf(new Map(), Object.prototype)],
    ['a promise that looks plain', Object.setPrototypeOf(Promise.resolve(), Object.prototype)],
    ['an error', new Error('x')],
    ['an error that looks plain', Object.setPrototypeOf(Object.assign(new Error('x'), { a: 1 }), Object.prototype)],
    ['a boxed number', Object(1)],
    ['a false date', Object.create(Date.prototype)],
    ['an expression', /x/g],
    ['__proto__', JSON.parse('{"__proto__": 1}')],
    ['an object of another realm', vm.runInNewContext('({ a: 1 })')],
    ['the environment', process.env],
    ['a large bigint', 2n ** 63n],
    ['what is too deep', Array.from({ length: 40 }).reduce((inner) => [inner], 1)],
    ['what is too large', 'x'.repeat(BYTES)],
    ['a getter that throws', { get a() { throw new Error('no'); } }], // prettier-ignore
  ])('is refused: %s', (_what, value) => isRefused(value));

  it('ignores what a program adds to the prototype of all objects', () => {
    const added = Object.prototype as Record<string, unknown>;
    added['everywhere'] = 1;
    try {
      accepts({ a: 1 });
      accepts([{}, [1, 2]]);
    } finally {
      delete added['everywhere'];
    }
  });

  it('is read as often as wanted, and objects are forgotten after each', () => {
    const value = { a: [1, { b: 2 }] };
    accepts(value);
    accepts(value);
    const end = writer.write(value, 3, BYTES);
    expect(reader.read(3, end)).not.toBe(reader.read(3, end));
  });

  it('is refused at every size that is too small, and never written beyond it', () => {
    const value = {
      a: [1, 2.5, 'text', 'long '.repeat(9), 'Ω', 7n, [1, undefined, 2]],
      b: new Uint8Array(9),
      c: [1, 2, 3],
      d: {},
    }; // eslint-disable-line no-sparse-arrays
    const bytes = new Uint8Array(memory);
    const whole = writer.write(value, 3, BYTES) - 3;
    for (let size = 0; size <= whole + 20; size++) {
      bytes.fill(0xee);
      const end = writer.write(value, 3, 3 + size);
      expect(bytes.subarray(3 + size).every((byte) => byte === 0xee)).toBe(true);
      expect(bytes.subarray(0, 3).every((byte) => byte === 0xee)).toBe(true);
      if (end !== REFUSED) expect(end).toBe(3 + whole);
      if (size >= whole + 9) expect(end).toBe(3 + whole);
    }
  });

  it('stays whole when reading it comes back here, which is refused meanwhile', () => {
    const inner: number[] = [];
    const read = trip({
      first: 'a',
      get second() {
        inner.push(writer.write(1, 3, BYTES), writer.writeList([1], 3, BYTES));
        return 'b';
      },
    });
    expect(read).toStrictEqual({ value: { first: 'a', second: 'b' } });
    expect(inner).toEqual([REFUSED, REFUSED]);
    accepts(1);
  });

  it('may be a list whose elements do not share', () => {
    const end = writer.writeList([1, { a: 2 }, 'x'], 0, BYTES);
    expect(end).toBeGreaterThan(0);
    expect(reader.read(0, end)).toStrictEqual([1, { a: 2 }, 'x']);
    expect(writer.writeList([twice, twice], 0, BYTES)).toBe(REFUSED);
    expect(writer.writeList([], 0, BYTES)).toBe(5);
    expect(reader.read(0, 5)).toStrictEqual([]);
  });
});

describe('bytes that nobody wrote', () => {
  /** Reads them, and looks at all that came. */
  function read(end: number): void {
    let value: unknown;
    try {
      value = reader.read(3, end);
    } catch (error) {
      expect(error).toBeInstanceOf(Error);
      return;
    }
    expect(reader.at).toBeLessThanOrEqual(end);
    const open = [value];
    for (let part = open.pop(); part !== undefined; part = open.pop()) {
      if (typeof part !== 'object' || part === null || ArrayBuffer.isView(part)) continue;
      expect([Object.prototype, Array.prototype, Date.prototype, ArrayBuffer.prototype]).toContain(
        Object.getPrototypeOf(part),
      );
      open.push(...(Object.values(part) as unknown[]));
    }
  }

  it('give a value or an error, and never more than the bytes they are', () => {
    const bytes = new Uint8Array(memory);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (garbage) => {
        bytes.set(garbage, 3);
        read(3 + garbage.length);
      }),
      { numRuns: VALUES },
    );
  }, 600_000);

  it('the same for bytes of a value, some of them written over', () => {
    const bytes = new Uint8Array(memory);
    const hits = fc.array(fc.tuple(fc.nat(400), fc.oneof(fc.nat(20), fc.nat(255))), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(smallValue, hits, (value, places) => {
        const end = writer.write(value, 3, BYTES);
        if (end === REFUSED) return;
        for (const [place, byte] of places) bytes[3 + (place % (end - 3))] = byte;
        read(end);
      }),
      { numRuns: VALUES },
    );
  }, 600_000);

  it.each<[string, readonly number[]]>([
    ['nothing', []],
    ['a tag that is none', [99]],
    ['a number that is cut off', [4, 1, 2]],
    ['a string beyond the end', [8, 9, 65]],
    ['a long string beyond the end', [9, 255, 255, 255, 127, 65]],
    ['a list of four billion', [11, 255, 255, 255, 255, 0]],
    ['numbers beyond the end', [13, 0, 0, 0, 16, 0]],
    ['a buffer beyond the end', [16, 255, 255, 255, 255]],
    ['a view of no kind', [17, 99, 1, 0, 0, 0, 7]],
    ['a view that does not fit its elements', [17, 8, 1, 0, 0, 0, 7]],
    ['an array with thirty million holes', [14, 0, 0, 0, 2, 0, 0, 0, 0]],
    ['an element beyond the length', [14, 1, 0, 0, 0, 1, 0, 0, 0, 9, 0, 0, 0, 0]],
    ['a key that sets the prototype', [15, 1, 0, 9, ...Buffer.from('__proto__'), 15, 0, 0]],
    ['a long key that sets the prototype', [15, 1, 0, 255, 8, 9, ...Buffer.from('__proto__'), 15, 0, 0]],
    ['a key that is no string', [15, 1, 0, 255, 3, 3]],
    ['lists in lists in lists', Array.from({ length: 1_000 }, () => [11, 1, 0, 0, 0]).flat()],
  ])('%s is an error', (_what, garbage) => {
    new Uint8Array(memory).set(garbage, 3);
    expect(() => reader.read(3, 3 + garbage.length)).toThrow(Error);
  });
});

it('a packed list is not disturbed by a getter that packs another', () => {
  let inner: unknown = 'not run';
  const list = [
    {
      get a() {
        inner = PackedList.of(['something longer than what is around it']);
        return 1;
      },
      b: 2,
    },
  ];
  expect(PackedList.of(list)?.unpack()).toEqual([{ a: 1, b: 2 }]);
  expect(inner).toBeUndefined();
});

function frozen(): object {
  const value = { a: 1, [Symbol('s')]: 2 };
  Object.defineProperty(value, 'hidden', { value: 3, enumerable: false });
  return Object.freeze(value);
}
