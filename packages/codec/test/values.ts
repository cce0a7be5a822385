/**
 * Random values of every kind that structured clone copies, also large ones: records, shared parts, cycles, views of one buffer.
 */
import * as fc from 'fast-check';

const unit = fc.oneof(
  fc.integer({ min: 32, max: 126 }),
  fc.integer({ min: 0, max: 0x17f }),
  fc.integer({ min: 0xd7f0, max: 0xe010 }),
);
const text = fc
  .array(unit, { maxLength: 40 })
  .map((units) => String.fromCharCode(...units))
  .chain((short) => fc.constantFrom(short, short.repeat(3)));
const key = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'b', 'x1', 'length', '0', '7', 'name') },
  { weight: 1, arbitrary: fc.constantFrom('__proto__', 'toString', 'constructor', '4294967295') },
  { weight: 1, arbitrary: text },
);
const number = fc.oneof(
  fc.integer({ min: -200, max: 200 }),
  fc.integer(),
  fc.double(),
  fc.constantFrom(-0, NaN, Infinity, 2 ** 27, -(2 ** 27) - 1, 2 ** 31, 2 ** 53),
);
const bytes = fc.uint8Array({ maxLength: 24 });

/** Of a buffer of 24 bytes with something in it. */
function view(bits: Uint8Array, kind: number, offset: number): ArrayBufferView {
  const { buffer } = new Uint8Array([...bits, ...new Uint8Array(24 - bits.length)]);
  switch (kind) {
    case 0:
      return new Float32Array(buffer, offset * 4);
    case 1:
      return new Float64Array(buffer, offset * 8, 1);
    case 2:
      return new DataView(buffer, offset, 9);
    case 3:
      return new BigInt64Array(buffer);
    case 4:
      return new Uint8ClampedArray(buffer, offset);
    default:
      return new Uint16Array(buffer, offset * 2, 3);
  }
}

const error = fc.tuple(fc.constantFrom(Error, TypeError, RangeError), text).map(([Kind, message]) => {
  const made = new Kind(message);
  made.stack = `${message}\n at`;
  return made;
});

/** Without objects in it, of kinds that small values are made of. */
const smallFlat = fc.oneof(
  { weight: 4, arbitrary: number },
  { weight: 4, arbitrary: text },
  fc.boolean(),
  fc.constantFrom(undefined, null),
  fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }),
  fc.date({ noInvalidDate: false }),
  fc.array(number, { maxLength: 12 }),
  fc.sparseArray(number, { maxLength: 20 }),
  bytes,
  fc.float64Array({ maxLength: 5 }),
);
const flat = fc.oneof(
  { weight: 15, arbitrary: smallFlat },
  fc.bigInt({ min: -(2n ** 130n), max: 2n ** 130n }),
  bytes.map((part) => part.buffer),
  fc.tuple(bytes, fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 2 })).map((parts) => view(...parts)),
  fc.constantFrom(/x/g, new RegExp('[a/]', 'iu'), Object(1), Object('x'), Object(true), Object(2n)),
  error,
);

const object = (value: fc.Arbitrary<unknown>) =>
  fc.array(fc.tuple(key, value), { maxLength: 6 }).map((pairs) => Object.fromEntries(pairs) as Record<string, unknown>);

/** With these as its leaves, some parts shared. */
function treeOf(leaf: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.letrec<{ tree: unknown; shared: unknown }>((tie) => ({
    shared: tie('tree').map((part) => [part, { again: part }]),
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      { weight: 8, arbitrary: leaf },
      { weight: 3, arbitrary: fc.array(tie('tree'), { maxLength: 5 }) },
      { weight: 3, arbitrary: object(tie('tree')) },
      {
        weight: 1,
        arbitrary: fc.array(fc.tuple(tie('tree'), tie('tree')), { maxLength: 3 }).map((pairs) => new Map(pairs)),
      },
      { weight: 1, arbitrary: fc.array(tie('tree'), { maxLength: 3 }).map((members) => new Set(members)) },
      { weight: 1, arbitrary: tie('shared') },
      { weight: 1, arbitrary: tie('tree').map((part) => Object.assign([part], { note: part })) },
    ),
  })).tree;
}
const tree = treeOf(flat);

/** So many records from a few patterns, one of them changed: what lists of records look like. */
const records = fc
  .tuple(
    fc.array(object(fc.oneof({ weight: 5, arbitrary: flat }, { weight: 1, arbitrary: tree })), {
      minLength: 1,
      maxLength: 3,
    }),
    fc.integer({ min: 0, max: 90 }),
    tree,
  )
  .map(([patterns, count, other]) => {
    // Each its own object and its own parts, where structured clone makes them.
    const list: unknown[] = [];
    for (let index = 0; index < count; index++) list.push(structuredClone(patterns[index % patterns.length]));
    list.push(other);
    return list;
  });

/** A part that leads back to the whole. */
const cycle = tree.map((part) => {
  const ring: { part: unknown; ring?: unknown } = { part };
  ring.ring = [ring];
  return ring;
});

/** Views of one buffer, and the buffer. */
const aliases = fc.tuple(bytes, fc.integer({ min: 0, max: 5 })).map(([bits, kind]) => {
  const one = view(bits, kind, 0);
  return { one, buffer: one.buffer, again: new Uint8Array(one.buffer, 3, 5), other: bits };
});

/** Above the sizes from which buffers travel beside their value, or through a lane. */
const large = fc.tuple(fc.integer({ min: 16_000, max: 600_000 }), fc.integer()).map(([length, seed]) => {
  const array = new Uint32Array(length >> 2);
  for (let index = 0; index < array.length; index++) array[index] = Math.imul(index ^ seed, 0x9e3779b1);
  return { array, text: 'x'.repeat(length >> 6) };
});

/** Most of it what the codec of small values takes. */
export const smallValue: fc.Arbitrary<unknown> = treeOf(smallFlat);
export const anyValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 20, arbitrary: tree },
  { weight: 2, arbitrary: records },
  { weight: 1, arbitrary: cycle },
  { weight: 1, arbitrary: aliases },
);
export const largeValue: fc.Arbitrary<unknown> = large;
