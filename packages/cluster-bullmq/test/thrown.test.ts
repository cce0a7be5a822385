import { expect, it } from 'vitest';
import { HeddleError } from '@heddle/ts-orchestrator';
import { decodeList, encodeThrown } from '../src/values/items.ts';
import { putTogether, takeApart, type Thrown } from '../src/values/thrown.ts';

function travelled(thrown: unknown, index?: number): unknown {
  const [there] = decodeList(encodeThrown(takeApart(thrown)), 'a test');
  return putTogether(there!.value as Thrown, HeddleError, index);
}

it('an error that is met again is one error again, also in a circle', () => {
  const inner = Object.assign(new RangeError('inner'), { code: 'E_INNER' });
  const outer = Object.assign(new Error('outer', { cause: inner }), { causes: [inner, 'a word', inner] });
  Object.assign(inner, { back: outer });
  const there = travelled(outer) as typeof outer & { cause: typeof inner & { back: unknown } };
  expect(there.causes).toHaveLength(3);
  expect(there.causes[0]).toBe(there.cause);
  expect(there.causes[1]).toBe('a word');
  expect(there.causes[2]).toBe(there.cause);
  expect(there.cause).toBeInstanceOf(RangeError);
  expect(there.cause).toMatchObject({ message: 'inner', code: 'E_INNER' });
  expect(there.cause.back).toBe(there);
});

it('a list that holds itself, and what can not be sent', () => {
  const list: unknown[] = [new Error('one'), () => 1];
  list.push(list, list);
  const there = travelled(list) as unknown[];
  expect(there).toHaveLength(4);
  expect(there[1]).toContain('Function');
  expect(there[2]).toBe(there);
  expect(travelled(Symbol('s'))).toBe('Symbol(s)');
});

it('the trace that a pool has left stays hidden, and has the index in the whole map', () => {
  const traced = (index: number | undefined) =>
    Object.defineProperty(new Error('x'), 'task', { value: { name: 'f', index } });
  const there = travelled(traced(3), 1_003) as Error & { task: unknown };
  expect(there.task).toEqual({ name: 'f', index: 1_003 });
  expect(Object.keys(there)).not.toContain('task');
  expect((travelled(traced(undefined), 5) as { task: unknown }).task).toEqual({ name: 'f', index: undefined });
  // One that the user has made is his.
  expect(travelled(Object.assign(new Error('x'), { task: { index: 3 } }), 5)).toMatchObject({ task: { index: 3 } });
});
