/** What the tests of this package share. */
import type { ContestantSpec } from '../src/index.ts';

/** A contestant of the folder `fixtures`. */
export function spec(
  id: string,
  fixture: string,
  options: unknown = {},
  more: Partial<ContestantSpec> = {},
): ContestantSpec {
  return {
    id,
    label: `label of ${id}`,
    module: new URL(`./fixtures/${fixture}`, import.meta.url).href,
    options,
    ...more,
  };
}
