import { expect, it } from 'vitest';
import { sweep } from './sweep.ts';

it('keeps every promise whichever single operation fails', async () => {
  const { runs, failures } = await sweep();
  expect(failures).toEqual([]);
  // The scripts do something: each operation happens, and some often.
  expect(runs).toBeGreaterThan(1_000);
});
