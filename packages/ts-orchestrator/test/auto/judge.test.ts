// What loads the judge of a pool that chooses, in fresh programs on what is built; and pools whose judge is gone.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../helpers.ts';
import { startProgram } from '../programs.ts';

async function outcomeOf(...args: string[]): Promise<Record<string, unknown>> {
  const ended = await startProgram('needs-a-judge.mjs', args, { HEDDLE_CALIBRATION: 'off' }).ended;
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  return JSON.parse(ended.stdout) as Record<string, unknown>;
}

/** The bundles, as an installation that has lost a file has them. */
function bundlesWithoutJudge(): string {
  const parent = temporaryFolder();
  // Its files look for each other in a folder of that name.
  const folder = path.join(parent, 'bundle');
  fs.cpSync(new URL('../../dist/bundle/', import.meta.url), folder, { recursive: true });
  fs.rmSync(path.join(folder, 'judge-entry.cjs'));
  fs.writeFileSync(path.join(parent, 'package.json'), '{"type":"module"}');
  return folder;
}

describe('the judge', () => {
  it('is not loaded by a pool with little to do', async () => {
    const result = [4, 1, 4, 9, 16, 25, 1, 2];
    expect(await outcomeOf('little')).toEqual({ before: false, result, after: false });
  });

  it.each([
    ['in the middle of a map, when its work is more than the start of a worker', 'map', true],
    ['with a call that needs a worker', 'demand', true],
    ['by who wants an explanation', 'explain', ['square inline']],
    ['and closed with the first question still open', 'close', [true, true]],
  ])('is loaded %s', async (_when, what, result) => {
    expect(await outcomeOf(what)).toEqual({ before: false, result, after: true });
  });

  it('is there from the start where nothing may run inline', async () => {
    expect(await outcomeOf('isolation')).toEqual({ before: true, result: true, after: true });
  });
});

describe('a pool whose judge is gone', () => {
  it.each([
    ['little', [4, 1, 4, 9, 16, 25, 1, 2]],
    ['map', true],
    ['demand', true],
    ['isolation', true],
    ['close', [true, true]],
  ])('does all the same: %s', async (what, result) => {
    const outcome = await outcomeOf(what, bundlesWithoutJudge());
    expect(outcome).toMatchObject({ before: false, result, after: false });
    expect(outcome.sentence).toMatch(
      /^Nothing is weighed, because what weighs could not be loaded: .*judge-entry\.cjs/,
    );
  });
});
