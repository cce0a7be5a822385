// Every fault in every backend: what the caller sees, that nobody else is hurt, that nothing is left. Each cell has a host of its own.
import { describe, expect, it } from 'vitest';
import { buildAddon } from '../src/faults/addon.ts';
import { isExpected, runCell } from '../src/faults/run-cell.ts';
import { BACKENDS, CELLS } from '../src/faults/table.ts';

const addon = buildAddon();

describe.concurrent.each(BACKENDS)('%s', (backend) => {
  for (const cell of CELLS.filter((cell) => cell.backend === backend)) {
    const { fault, expected, isDear } = cell;
    it(`${fault.name} -> ${expected}`, async ({ skip }) => {
      if (process.platform !== 'linux') skip('the table is that of Linux');
      if (expected.startsWith('not run')) skip(expected);
      if (isDear) skip('npm run reliability runs it');
      if (fault.needsAddon === true && addon === undefined) {
        if (process.env.HEDDLE_REQUIRE_TOOLS === '1') expect.fail('no compiler');
        skip('no compiler for the add-on');
      }
      const result = await runCell(cell, { innocents: 6, innocentMs: 5, addon, isWatched: false });
      expect(isExpected(cell, result), `${result.outcome}: ${result.message}`).toBe(true);
      if (result.outcome.startsWith('host')) return;
      expect(result).toMatchObject({ innocentsDone: 6, isPoolUsable: true });
    });
  }
});

it('has a name of its own for every fault', () => {
  expect(new Set(CELLS.map(({ fault, backend }) => `${backend} ${fault.name}`)).size).toBe(CELLS.length);
});
