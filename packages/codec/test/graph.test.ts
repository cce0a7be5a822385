import vm from 'node:vm';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readGraph } from '../src/graph-reader.ts';
import { isWorthGraph, skipRecords } from '../src/graph-worth.ts';
import { writeGraph } from '../src/graph-writer.ts';
import { PackedGraph, openGraph } from '../src/packed-graph.ts';
import { differenceOf } from './difference.ts';
import { anyValue } from './values.ts';

/** More of them: HEDDLE_CODEC_VALUES=1000000 npm test -- packages/codec */
const VALUES = Number(process.env['HEDDLE_CODEC_VALUES'] ?? 2_000);

function trip(value: unknown, besideBytes?: number): { value: unknown } | undefined {
  const parts = writeGraph([value], besideBytes === undefined ? {} : { besideBytes });
  return parts && { value: readGraph(parts.bytes, parts.buffers)[0] };
}

function accepts(value: unknown): void {
  for (const besideBytes of [undefined, 0, 10]) {
    const read = trip(value, besideBytes);
    if (read === undefined) expect.fail('refused');
    const difference = differenceOf(read.value, structuredClone(value));
    if (difference !== undefined) expect.fail(difference);
  }
}

const records = (count: number) =>
  Array.from({ length: count }, (_, id) => ({ id, name: `n${id % 7}`, at: [id / 2, -0] }));

describe('a large value as bytes', () => {
  it('comes back as structured clone gives it, or is refused', () => {
    let accepted = 0;
    fc.assert(
      fc.property(anyValue, fc.constantFrom(undefined, 0, 8), (value, besideBytes) => {
        const read = trip(value, besideBytes);
        if (read === undefined) return true;
        accepted++;
        const difference = differenceOf(read.value, structuredClone(value));
        if (difference !== undefined) throw new Error(difference);
        return true;
      }),
      { numRuns: VALUES },
    );
    expect(accepted).toBeGreaterThan(VALUES / 3);
  }, 3_600_000);

  const buffer = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]).buffer;
  const wide = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`key ${index}`, index]));
  it.each<[string, unknown]>([
    ['records', records(5_000)],
    ['numbers at the edges', [0, -0, 2 ** 27 - 1, 2 ** 27, -(2 ** 27), -(2 ** 27) - 1, 2 ** 31, NaN, 5e-324]],
    ['a minus zero among integers', [1, 2, -0]],
    ['bigints', [0n, -1n, 2n ** 64n, -(2n ** 200n)]],
    ['strings', ['', 'äß', 'Ω', '😀', '\ud800', '\udc00x', '"\\\n', 'x'.repeat(100_000)]],
    ['dates', [new Date(0), new Date(NaN)]],
    [
      'keys in another order',
      [{ a: 1, b: 2 }, { b: 1, a: 2 }, { a: 1 }, {}, { a: 1, b: 2, c: 3 }, { 2: 1, a: 1, 1: 3 }],
    ],
    ['many keys', [wide, { ...wide, more: 1 }]],
    ['many shapes', Array.from({ length: 6_000 }, (_, index) => ({ [`k${index}`]: index }))],
    [
      'Map and Set',
      [
        new Map<unknown, unknown>([
          [{ a: 1 }, new Set([1, 'x', { b: [] }])],
          ['k', undefined],
        ]),
        new Map(),
        new Set(),
      ],
    ],
    ['views of one buffer', [new Uint8Array(buffer, 2, 3), buffer, new Int16Array(buffer), new DataView(buffer, 1)]],
    ['views of every kind', [new Uint8ClampedArray(1), new BigInt64Array(1), new BigUint64Array(2), new Float32Array(3), new Int8Array(4), new Uint32Array(2), new Int32Array(20), new Float64Array([NaN, -0])]], // prettier-ignore
    ['empty ones', [new ArrayBuffer(0), new Float64Array(0)]],
    ['a getter', [{ get five() { return 5; } }]], // prettier-ignore
    ['undefined', [undefined, { a: undefined }]],
    ['what is deep', Array.from({ length: 150 }).reduce((inner) => [inner], 1)],
  ])('is exact: %s', (_what, value) => accepts(value));

  const twice = {};
  const cycle: unknown[] = [];
  cycle.push({ cycle });
  const detached = new ArrayBuffer(8);
  const detachedView = new Uint8Array(detached);
  structuredClone(detached, { transfer: [detached] });
  it.each<[string, unknown]>([
    ['an object met twice', [twice, twice]],
    ['one met twice among many', [...records(80), twice, [twice]]],
    ['a view met twice', ((view) => [view, view])(new Uint8Array(3))],
    ['a cycle', cycle],
    ['a pooled Buffer', Buffer.from('abc')],
    ['a detached buffer', detached],
    ['a detached view', detachedView],
    ['shared memory', new Uint8Array(new SharedArrayBuffer(8))],
    ['a view with another prototype', Object.setPrototypeOf(new Int8Array(1), Uint8Array.prototype)],
    ['a resizable buffer', Reflect.construct(ArrayBuffer, [8, { maxByteLength: 16 }])],
    ['holes', [1, , 3]], // eslint-disable-line no-sparse-arrays
    ['an array with a property', Object.assign([1, 2], { x: 1 })],
    ['one with as many holes as properties', Object.assign([1, , 3], { x: 1 })], // eslint-disable-line no-sparse-arrays
    ['a function', { f() {} }],
    ['a symbol', [Symbol('s')]],
    ['a proxy', new Proxy({ a: 1 }, {})],
    ['a proxy of an array', new Proxy([1], {})],
    ['a proxy of a buffer', new Proxy(buffer, {})],
    ['a proxy of a Map', new Proxy(new Map(), {})],
    ['arguments', (function () { return arguments; })()], // prettier-ignore
    ['an object without prototype', Object.create(null)],
    ['an instance', new (class A { a = 1; })()], // prettier-ignore
    ['an instance of a subclass of Map', new (class extends Map {})()],
    ['a Map that looks plain', Object.setPrototypeOf(new Map(), Object.prototype)],
    ['an error', new Error('x')],
    ['a boxed number', Object(1)],
    ['an expression', /x/g],
    ['a false date', Object.create(Date.prototype)],
    ['a false Map', Object.create(Map.prototype)],
    ['__proto__', JSON.parse('{"__proto__": 1}')],
    ['a key of all objects', { toString: 1 }],
    ['one among many keys', { ...wide, valueOf: 1 }],
    ['an object of another realm', vm.runInNewContext('({ a: 1 })')],
    ['the environment', process.env],
    ['what is too deep', Array.from({ length: 400 }).reduce((inner) => [inner], 1)],
    ['a getter that throws', { get a() { throw new Error('no'); } }], // prettier-ignore
    ['one that makes objects inherit', { get a() { (Object.prototype as { everywhere?: number }).everywhere = 1; return 1; } }], // prettier-ignore
  ])('is refused: %s', (_what, value) => {
    try {
      expect(trip(value)).toBeUndefined();
    } finally {
      delete (Object.prototype as { everywhere?: number }).everywhere;
    }
  });

  it('is refused to a getter that comes back while another is written', () => {
    let inner: unknown = 'not run';
    const value = records(80).map((record) => ({
      ...record,
      get five() {
        inner = writeGraph([1]);
        return 5;
      },
    }));
    expect(trip(value)?.value).toHaveLength(80);
    expect(inner).toBeUndefined();
    expect(writeGraph([1])).toBeDefined();
  });

  it('is read from any place of a message, and damaged bytes are an error', () => {
    const parts = writeGraph([records(100)])!;
    const message = new Uint8Array(parts.bytes.length + 16);
    for (let at = 0; at < 16; at++) {
      message.set(parts.bytes, at);
      expect(readGraph(message.subarray(at, at + parts.bytes.length))).toStrictEqual([records(100)]);
    }
    fc.assert(
      fc.property(fc.integer({ min: 1, max: parts.bytes.length - 1 }), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        const damaged = parts.bytes.slice();
        damaged[at] = byte;
        try {
          readGraph(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
    );
  });
});

describe('what the codec is tried for', () => {
  beforeEach(() => skipRecords(0));
  afterEach(() => skipRecords(8));

  it.each<[string, unknown[], boolean]>([
    ['records', [records(80)], true],
    ['records inside', [{ a: 1, list: records(80) }], true],
    ['records in a Map', [new Map(records(80).map((record) => [record.id, record]))], true],
    ['records in a Set', [new Set(records(80))], true],
    ['a large array', [1, new Float64Array(4_096)], true],
    ['a large array in shared memory', [new Float64Array(new SharedArrayBuffer(32_768))], false],
    ['few records', [records(40)], false],
    ['strings', [Array.from({ length: 100 }, (_, index) => `${index}`)], false],
    ['numbers', [Array.from({ length: 100 }, (_, index) => index)], false],
    // prettier-ignore
    ['instances', [Array.from({ length: 100 }, () => new (class A { a = 1; })())], false],
    ['a small array', [new Float64Array(8)], false],
  ])('%s', (_what, list, is) => expect(isWorthGraph(list, 32_768)).toBe(is));

  it('are not the first lists of records', () => {
    skipRecords(2);
    expect([1, 2, 3, 4].map(() => isWorthGraph([records(80)], 1))).toEqual([false, false, true, true]);
    skipRecords(1);
    expect(isWorthGraph([new Float64Array(4_096)], 32_768)).toBe(true);
  });

  it('runs no getter to find out', () => {
    expect(isWorthGraph([{ get list() { throw new Error('was run'); } }], 1)).toBe(false); // prettier-ignore
  });
});

describe('a packed list', () => {
  it('is handed over once, or copied for each sending', () => {
    const value = [new Float64Array(65_536).fill(1), 'x'];
    const once = PackedGraph.of(value, false)!.leave();
    expect(once.transfer).toHaveLength(2);
    const sent = structuredClone(once.parts, { transfer: [...once.transfer] });
    expect(once.parts.bytes.length).toBe(0);
    expect(differenceOf(openGraph(sent), value)).toBeUndefined();

    const packed = PackedGraph.of(value, true)!;
    for (let sending = 0; sending < 2; sending++) {
      const { parts, transfer } = packed.leave();
      expect(differenceOf(openGraph(structuredClone(parts, { transfer: [...transfer] })), value)).toBeUndefined();
    }
    expect((value[0] as Float64Array).length).toBe(65_536);
  });
});
