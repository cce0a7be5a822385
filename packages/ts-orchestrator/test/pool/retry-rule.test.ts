import { expect, it } from 'vitest';
import { heddleError } from '../../src/errors/errors.ts';
import { allowsAnother } from '../../src/pool/retry-rule.ts';

const rule = { retries: 1, retryDelayMs: 0 };
const refused = heddleError('HEDDLE_RESULT_UNCLONEABLE', { name: 'f', path: 'result', found: 'a function' });
const overLimit = heddleError('HEDDLE_LIMIT_CPU', {
  worker: 'worker 1',
  option: 'limits.cpuSeconds',
  value: 1,
  usedMiB: undefined,
  task: undefined,
});

it('a crash is any death of the worker, also for a limit that it went over', () => {
  expect(allowsAnother({ ...rule, retryOn: 'crash' }, 'crash', overLimit, 1)).toBe(true);
  expect(allowsAnother({ ...rule, retryOn: 'crash' }, 'error', new Error('x'), 1)).toBe(false);
  expect(allowsAnother({ ...rule, retryOn: 'crash' }, 'timeout', new Error('x'), 1)).toBe(false);
});

it('an error is what the function threw, not what heddle refuses', () => {
  expect(allowsAnother({ ...rule, retryOn: 'error' }, 'error', 'any value', 1)).toBe(true);
  expect(allowsAnother({ ...rule, retryOn: 'error' }, 'error', refused, 1)).toBe(false);
  expect(allowsAnother({ ...rule, retryOn: 'error' }, 'crash', overLimit, 1)).toBe(false);
});
