import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workloads } from '../src/index.ts';
import type { VariantKind } from '../src/workload.ts';
import { childPids, makeDir, skipReason } from './support.ts';

/** More than this machine may have: what is tested is the division of the work, not its speed. */
const WORKERS = 4;

/** Most children each kind may have; fetch-many's server is one more. */
const CHILDREN: Record<VariantKind, number> = {
  inline: 0,
  threads: 0,
  processes: WORKERS,
  'native-1': 0,
  'native-all': 0,
  'processes-native': 2,
};

describe.each(workloads.map((workload) => [workload.name, workload] as const))('%s', (name, workload) => {
  const size = workload.sizeOf(workload.minimumWork);
  let dir: string;
  let expected: string;

  beforeAll(async () => {
    dir = await makeDir();
    await workload.prepare?.(size, dir);
    const inline = await workload.create('inline', { size, workers: 1, dir });
    await inline.round();
    expected = (await inline.check()).digest;
    await inline.close();
  });
  afterAll(() => rm(dir, { recursive: true }));

  it.for(workload.kinds)(
    '%s gives the right result, the same in every round, and leaves nothing behind',
    async (kind, { skip }) => {
      const reason = skipReason(kind);
      if (reason !== undefined) skip(reason);
      const before = await childPids();
      const contestant = await workload.create(kind, { size, workers: WORKERS, dir });
      try {
        for (let round = 0; round < 2; round++) {
          const measures = (await contestant.round()) ?? {};
          const keys = workload.measures.map(({ key }) => key).filter((key) => key !== 'wallMs');
          expect(Object.keys(measures).toSorted()).toEqual(keys.toSorted());
          expect(Object.values(measures).every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
          const { digest, problem } = await contestant.check();
          expect(problem).toBeUndefined();
          expect(digest).toBe(expected);
        }
        const servers = name === 'fetch-many' ? 1 : 0;
        const children = (await childPids()).filter((pid) => !before.includes(pid));
        expect(children.length).toBeLessThanOrEqual(CHILDREN[kind] + servers);
      } finally {
        await contestant.close();
      }
      expect(await childPids()).toEqual(before);
    },
  );

  it('computes at an uneven number of workers what inline does', async () => {
    const contestant = await workload.create('threads', { size, workers: 3, dir });
    try {
      await contestant.round();
      expect(await contestant.check()).toMatchObject({ digest: expected });
    } finally {
      await contestant.close();
    }
  });
});
