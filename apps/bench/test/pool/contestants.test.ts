// The bench program builds, and every contestant of every case gives right results in its quick form.
import fs from 'node:fs';
import { isAvailable, unavailableReason } from '@heddle/core-native';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { POOL_CASES } from '../../src/pool/case-table.ts';
import { buildAll, type BuildName } from '../../src/native-build.ts';
import { contestantOf, POOL_CONTESTANTS, type PoolContestantName } from '../../src/pool/contestants.ts';
import { runProgram } from '../../src/pool/pool-contestant.ts';
import type createPoolContestant from '../../src/pool/pool-contestant.ts';

/** A ceiling against a hang: regions of pools that never rest take long on a busy machine. */
const LIMITS = { timeout: 300_000 };
const NAMES = [
  ...new Set((Object.keys(POOL_CONTESTANTS) as PoolContestantName[]).flatMap((name) => contestantOf(name).build ?? [])),
];

// From dist: that is where it finds the modules of completion/.
const { default: create } = (await import(new URL('../../dist/pool/pool-contestant.js', import.meta.url).href)) as {
  default: typeof createPoolContestant;
};
const builds = await buildAll(new Set(NAMES));
const fileOf = (build: BuildName) => (builds.get(build) as { file: string }).file;
afterEach(() => vi.unstubAllEnvs());

const needsAll = process.env['HEDDLE_REQUIRE_TOOLS'] === '1';

/** Why it can't run here. oneTBB may always be missing; the rest where nothing native can be built. */
function missingReason(name: PoolContestantName): string | undefined {
  const { build, module } = contestantOf(name);
  const built = build === undefined ? undefined : builds.get(build)!;
  if (built !== undefined && 'missing' in built && (build === 'onetbb' || !needsAll)) return built.missing;
  return module?.startsWith('heddle-kernel') === true && !isAvailable() && !needsAll ? unavailableReason() : undefined;
}

it.for(NAMES)('%s is built, or says what to install', (name, { skip }) => {
  const built = builds.get(name)!;
  if ('missing' in built) {
    expect(built.missing).toMatch(/install/);
    if (name === 'onetbb' || !needsAll) skip(built.missing);
  }
  expect(built).toEqual({ file: expect.any(String) });
  expect(fs.existsSync(fileOf(name))).toBe(true);
});

it.skipIf('missing' in builds.get('spinning')!)('finds what it has built before', async () => {
  const file = fileOf('spinning');
  const { mtimeMs } = fs.statSync(file);
  expect((await buildAll(new Set(['spinning']))).get('spinning')).toEqual({ file });
  expect(fs.statSync(file).mtimeMs).toBe(mtimeMs);
});

it('says in one sentence that there is no compiler', async () => {
  vi.stubEnv('CXX', '/nowhere/g++');
  const built = (await buildAll(new Set(['heddle']))).get('heddle');
  expect(built).toEqual({ missing: 'there is no C++ compiler: install one (Debian: apt-get install g++)' });
});

describe.each(POOL_CASES.map((one) => [one.id, one] as const))('%s', (caseId, { contestants, figures }) => {
  it.for(contestants)('%s', LIMITS, async (contestant, { skip }) => {
    const reason = missingReason(contestant);
    if (reason !== undefined) skip(reason);
    const { build } = contestantOf(contestant);
    const file = build === undefined ? {} : { file: fileOf(build) };
    const one = await create({ caseId, contestant, quick: true, ...file });
    const measured = (await one.round()) as Record<string, number>;
    for (const { key } of figures) expect(measured[key]).toBeGreaterThanOrEqual(0);
    expect(measured[figures[0].key]).toBeGreaterThan(0);
    const { problem } = await one.check();
    expect(problem).toBeUndefined();
    await one.close?.();
  });
});

it.skipIf('missing' in builds.get('spinning')!)('a program refuses what it does not know', async () => {
  const file = fileOf('spinning');
  await expect(runProgram(file, { kind: 'rows' } as never)).rejects.toThrow(
    "there is no number 'repeats' among the words",
  );
  await expect(runProgram(file, { kind: 'nothing' } as never)).rejects.toThrow("there is no scenario 'nothing'");
});
