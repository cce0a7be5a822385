import { describe, expect, it } from 'vitest';
import { SUITES } from '../src/suites.ts';
import { parseOptions, UsageError } from '../src/options.ts';

it('takes everything by default', () => {
  const options = parseOptions([]);
  expect(options).toMatchObject({ suite: 'kernels', quick: false, json: undefined, out: 'bench-report' });
  expect(options?.cases).toEqual(SUITES.kernels.cases.map((one) => one.id));
});

it('chooses cases by text', () => {
  const ids = (...words: string[]): string[] => [...parseOptions(words)!.cases];
  expect(ids('--only', 'SORT')).toEqual(['sort f64', 'sort f32', 'sort i32', 'sort u32']);
  expect(ids('--only', 'sum f64')).toEqual(['sum f64', 'prefixSum f64']);
  expect(ids('--only', 'sort', '--quick')).toEqual(['sort f64', 'sort i32']);
  expect(ids('--suite', 'dispatch', '--only', 'flood-t')).toEqual(['flood-threads']);
});

it('takes a kept run to simulate', () => {
  expect(parseOptions([])!.simulate).toBeUndefined();
  expect(parseOptions(['--suite', 'advisor', '--simulate', 'run.json'])!.simulate).toBe('run.json');
});

describe('one sentence for', () => {
  it.each([
    [['--qick'], 'there is no option --qick, did you mean --quick?'],
    [['--siute=kernels'], 'there is no option --siute, did you mean --suite?'],
    [['--suite', 'kernel'], "there is no suite 'kernel', did you mean 'kernels'?"],
    [['--suite', 'toString'], "there is no suite 'toString', did you mean 'sync'?"],
    [['--only', 'srot'], "no case has 'srot' in its name, did you mean 'sort'?"],
    [['--only', 'sum f32', '--quick'], /^a quick run leaves out sum f32, .*, leave out --quick$/],
    [['--suite', 'dispatch', '--only', 'folod'], "no case has 'folod' in its name, did you mean 'flood'?"],
    [['--simulate', 'a.json'], "--simulate does not go with suite 'kernels', only with advisor"],
    [
      ['--suite', 'advisor', '--simulate', 'a.json', '--quick'],
      '--simulate takes a recorded run whole, leave out --only and --quick',
    ],
    [['sort'], "it takes options only, got 'sort'"],
    [['--json'], "option '--json <file>' argument missing"],
  ])('%j', (words, sentence) => {
    expect(() => parseOptions(words)).toThrow(UsageError);
    expect(() => parseOptions(words)).toThrow(sentence);
  });
});
