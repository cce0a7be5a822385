import { describe, expect, it } from 'vitest';
import { HeddleError, heddleError } from '../../src/errors/errors.ts';
import { decodeThrow, encodeThrow } from '../../src/task/error-codec.ts';
import { canClone } from '../../src/task/payload.ts';

const roundTrip = (thrown: unknown) => decodeThrow(structuredClone(encodeThrow(thrown, canClone)));

describe('errors across the wire', () => {
  it('keep class, name, message, stack, code, cause and own properties', () => {
    const cause = Object.assign(new SyntaxError('inner'), { line: 3 });
    const error = Object.assign(new RangeError('outer', { cause }), { code: 'E_X', detail: { list: [1] } });
    const back = roundTrip(error) as RangeError & {
      code: string;
      detail: unknown;
      cause: SyntaxError & { line: number };
    };
    expect(back).toBeInstanceOf(RangeError);
    expect(back.stack).toBe(error.stack);
    expect({ ...back }).toEqual({ code: 'E_X', detail: { list: [1] } });
    expect(back.cause).toBeInstanceOf(SyntaxError);
    expect(back.cause.line).toBe(3);
    expect(Object.keys(back)).not.toContain('cause');
  });

  it('keep a class of the user by its name, on the nearest built-in', () => {
    class ParseError extends TypeError {
      override name = 'ParseError';
    }
    const back = roundTrip(new ParseError('bad')) as Error;
    expect(back).toBeInstanceOf(TypeError);
    expect(back.name).toBe('ParseError');
    expect(String(back)).toBe('ParseError: bad');
  });

  it('rebuild AggregateError, DOMException and HeddleError', () => {
    const both = roundTrip(new AggregateError([new Error('a'), 1], 'both')) as AggregateError;
    expect(both.errors).toEqual([new Error('a'), 1]);
    const abort = roundTrip(new DOMException('stopped', 'AbortError'));
    expect(abort).toBeInstanceOf(DOMException);
    expect(abort).toMatchObject({ name: 'AbortError', message: 'stopped', code: 20 });
    const own = roundTrip(heddleError('HEDDLE_QUEUE_FULL', { queueLimit: 3 })) as HeddleError;
    expect(own).toBeInstanceOf(HeddleError);
    expect(own).toMatchObject({ code: 'HEDDLE_QUEUE_FULL', retryable: true });
  });

  it('never fail, whatever the error holds', () => {
    const hostile = new Error('hostile');
    Object.defineProperty(hostile, 'trap', {
      enumerable: true,
      get() {
        throw new Error('no');
      },
    });
    const cyclic = new Error('cyclic') as Error & { self?: unknown };
    cyclic.cause = cyclic;
    cyclic.self = cyclic;
    const odd = Object.assign(new Error('odd'), { run: () => 1, tag: Symbol('t'), proxy: new Proxy({}, {}) });
    const noStack = new Error('no stack');
    Object.defineProperty(noStack, 'stack', { value: 5 });
    const back = roundTrip(cyclic) as typeof cyclic;
    expect(back.cause).toBe(back);
    expect(back.self).toBe(back);
    for (const error of [hostile, odd, noStack, Object.create(Error.prototype) as Error]) {
      expect(roundTrip(error)).toBeInstanceOf(Error);
    }
    expect((roundTrip(odd) as { run: string }).run).toContain('run');
  });

  it.each([[undefined], [null], [0], [''], ['text'], [10n], [{ a: [1, { b: 2 }] }], [[1]]])(
    'keep what is no error as it is (%#)',
    (value) => {
      expect(roundTrip(value)).toEqual(value);
    },
  );

  it('make text of what else is thrown and can not travel', () => {
    expect(roundTrip(() => 1)).toContain('Function');
    expect(roundTrip(Symbol('s'))).toBe('Symbol(s)');
    const trap = () => {
      throw new Error('looked at');
    };
    expect(roundTrip(new Proxy({}, { get: trap, getPrototypeOf: trap, ownKeys: trap }))).toBeTypeOf('string');
  });
});
