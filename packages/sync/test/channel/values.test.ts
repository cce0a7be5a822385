/** What goes through a channel comes out as structured clone would have it, or is refused with the path of what can't be copied. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differenceOf } from '../../../codec/test/difference.ts';
import { anyValue, largeValue } from '../../../codec/test/values.ts';
import { Channel, codeOf, SyncError } from '../support.ts';

const wide = Channel.create({ capacity: 1, blockBytes: 2 ** 22 });
function through(value: unknown): unknown {
  expect(wide.trySend(value)).toBe(true);
  return wide.tryReceive()!.value;
}

describe('values', () => {
  it('of any kind arrive as structured clone copies them', () => {
    let sent = 0;
    const check = (value: unknown) => {
      let clone: unknown;
      try {
        clone = structuredClone([value]);
      } catch {
        return;
      }
      sent++;
      // Inside of a list, because a view by itself is sent without what it does not show.
      expect(differenceOf(through([value]), clone)).toBeUndefined();
    };
    fc.assert(fc.property(anyValue, check), { numRuns: 500 });
    fc.assert(fc.property(largeValue, check), { numRuns: 10 });
    expect(sent).toBeGreaterThan(300);
  });

  it('that are views arrive with what they show, of their class', () => {
    const buffer = Uint8Array.from({ length: 64 }, (_one, index) => index).buffer;
    for (const Class of [
      Int8Array,
      Uint8Array,
      Uint8ClampedArray,
      Int16Array,
      Uint16Array,
      Int32Array,
      Uint32Array,
      Float32Array,
      Float64Array,
      BigInt64Array,
      BigUint64Array,
      DataView,
    ] as readonly (new (buffer: ArrayBuffer, byteOffset: number, length: number) => ArrayBufferView<ArrayBuffer>)[]) {
      const view = new Class(buffer, 16, 2);
      const copy = through(view) as typeof view;
      expect(Object.getPrototypeOf(copy)).toBe(Class.prototype);
      expect(copy.buffer).toBeInstanceOf(ArrayBuffer);
      expect([copy.byteOffset, copy.buffer.byteLength]).toEqual([0, view.byteLength]);
      expect(Buffer.from(copy.buffer)).toEqual(Buffer.from(buffer, 16, view.byteLength));
    }
    expect(through(Buffer.from('text'))).toEqual(new TextEncoder().encode('text'));
    expect(through(new Uint8Array(0))).toEqual(new Uint8Array(0));
    expect(through(buffer)).toEqual(buffer);
  });

  it('are told from nothing', () => {
    expect(through(undefined)).toBeUndefined();
    expect(wide.tryReceive()).toBeUndefined();
  });

  const messageOf = (value: unknown, channel = wide) => {
    try {
      channel.trySend(value);
      return 'nothing';
    } catch (error) {
      return error instanceof SyncError ? error.message : `thrown: ${String(error)}`;
    }
  };

  it.each([
    [{ list: [1, { act() {} }] }, 'value.list[1].act is a function (act)'],
    [[new Map([['key', Symbol('s')]])], 'value[0].get("key") is a symbol (Symbol(s))'],
    [new MessageChannel().port1, 'value is a MessagePort'],
    [{ memory: new SharedArrayBuffer(4) }, 'value.memory is shared memory'],
    [new Int32Array(new SharedArrayBuffer(4)), 'value is shared memory'],
    [wide.handle, 'value.memory is shared memory'],
  ])('that can not be copied are named: %#', (value, said) => {
    expect(messageOf(value)).toContain(said);
    expect(codeOf(() => wide.trySend(value))).toBe('SYNC_UNSENDABLE');
    expect(wide.stats().size).toBe(0);
  });

  it('that throw when they are read are not sent', () => {
    const value = {
      get part(): never {
        throw new Error('mine');
      },
    };
    expect(messageOf(value)).toContain('a getter that throws');
    expect(() => wide.trySend(value)).toThrow(expect.objectContaining({ cause: new Error('mine') }));
    expect(wide.stats().size).toBe(0);
  });

  it('that send when they are read come after what they send', () => {
    const channel = Channel.create<unknown>({ capacity: 2 });
    const value = {
      get part() {
        return channel.trySend('inner');
      },
    };
    channel.trySend(value);
    expect([channel.tryReceive(), channel.tryReceive()]).toEqual([{ value: 'inner' }, { value: { part: true } }]);
  });

  it('that are too large are told with their size', () => {
    const channel = Channel.create<unknown>({ capacity: 1, blockBytes: 64 });
    expect(messageOf(new Uint8Array(channel.blockBytes + 1), channel)).toContain('takes 113 bytes');
    expect(messageOf('x'.repeat(10_000), channel)).toMatch(/takes 100\d\d bytes.*a block of this channel has 112/);
    expect(codeOf(() => channel.trySend(new Uint8Array(113)))).toBe('SYNC_VALUE_BYTES');
    expect(channel.trySend(new Uint8Array(112))).toBe(true);
  });
});
