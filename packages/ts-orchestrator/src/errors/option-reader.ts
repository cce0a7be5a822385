/**
 * Reads options objects: unknown keys are refused with the nearest valid name, every value is checked, the result is frozen.
 */
import { inspect } from 'node:util';
import { heddleError } from './errors.ts';
import { nearestName } from './nearest.ts';

/** How one option is read. `read` returns the parsed value or undefined when the value is not valid. */
export interface OptionSpec<T> {
  /** What a valid value is, with unit and range; completes "x must be …". */
  readonly expected: string;
  readonly fallback: T;
  readonly parse: (raw: unknown) => { readonly value: T } | undefined;
}

type Specs = Readonly<Record<string, OptionSpec<unknown>>>;
export type Parsed<S extends Specs> = { readonly [K in keyof S]: S[K] extends OptionSpec<infer T> ? T : never };

/** Parses `raw` by `specs`. `what` names the object in messages, e.g. "createPool". */
export function readOptions<S extends Specs>(what: string, raw: unknown, specs: S): Parsed<S> {
  const given = raw === undefined || raw === null ? {} : raw;
  if (typeof given !== 'object' || Array.isArray(given))
    throw heddleError('HEDDLE_OPTION_INVALID', {
      option: `the options of ${what}`,
      expected: 'an object',
      got: show(raw),
    });
  const known = Object.keys(specs);
  for (const option of Object.keys(given)) {
    if (Object.hasOwn(specs, option)) continue;
    throw heddleError('HEDDLE_OPTION_UNKNOWN', { what, option, nearest: nearestName(option, known), known });
  }
  const parsed: Record<string, unknown> = {};
  for (const option of known) {
    const spec = specs[option]!;
    const value = (given as Record<string, unknown>)[option];
    if (value === undefined) {
      parsed[option] = spec.fallback;
      continue;
    }
    const result = spec.parse(value);
    if (result === undefined)
      throw heddleError('HEDDLE_OPTION_INVALID', {
        option: `option "${option}" of ${what}`,
        expected: spec.expected,
        got: show(value),
      });
    parsed[option] = result.value;
  }
  return Object.freeze(parsed) as Parsed<S>;
}

/** A number in a range; `integer` unless told otherwise. */
export function numberOption<F>(
  range: { min: number; max: number; unit: string; integer?: boolean },
  fallback: F,
): OptionSpec<number | F> {
  const { min, max, unit, integer = true } = range;
  return {
    expected: `${integer ? 'an integer' : 'a number'} of ${unit} from ${min} to ${max}`,
    fallback,
    parse: (raw) =>
      typeof raw === 'number' && raw >= min && raw <= max && (!integer || Number.isInteger(raw))
        ? { value: raw }
        : undefined,
  };
}

export function choiceOption<const T extends string, F>(choices: readonly T[], fallback: F): OptionSpec<T | F> {
  return {
    expected: `one of ${choices.map((choice) => `'${choice}'`).join(', ')}`,
    fallback,
    parse: (raw) => (choices.includes(raw as T) ? { value: raw as T } : undefined),
  };
}

export function booleanOption(fallback: boolean): OptionSpec<boolean> {
  return {
    expected: 'true or false',
    fallback,
    parse: (raw) => (typeof raw === 'boolean' ? { value: raw } : undefined),
  };
}

export function instanceOption<T>(expected: string, is: (raw: unknown) => raw is T): OptionSpec<T | undefined> {
  return { expected, fallback: undefined, parse: (raw) => (is(raw) ? { value: raw } : undefined) };
}

/** A value for a message: short, one line. */
export function show(value: unknown): string {
  const text = inspect(value, { depth: 1, breakLength: Infinity, maxStringLength: 80, maxArrayLength: 5 });
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
