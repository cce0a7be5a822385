// The list of workloads, and one of them as it is measured.
import { describe, expect, it } from 'vitest';
import { pathToFileURL } from 'node:url';
import path from 'node:path';
import type { Contestant } from '@heddle/measure';
import { ADVISOR_BACKENDS } from '../../src/advisor/contestants.ts';
import { itemsOf } from '../../src/advisor/items.ts';
import * as tasks from '../../src/advisor/tasks.ts';
import { WORKLOADS } from '../../src/advisor/workloads.ts';

const RATE = { stepsPerUs: 1 };

describe('the workloads', () => {
  it('are two hundred jobs or more, each once', () => {
    expect(WORKLOADS.length * 2).toBeGreaterThanOrEqual(200);
    expect(new Set(WORKLOADS.map(({ id }) => id)).size).toBe(WORKLOADS.length);
  });

  const first = new Map(WORKLOADS.map((one) => [one.task, one] as const).reverse());
  const functions = new Map(Object.entries(tasks));

  it.each([...first.values()].map((one) => [one.id, one] as const))(
    '%s runs, and gives the same twice',
    async (_, { task, size, calls }) => {
      const items = itemsOf(task, size, RATE, calls);
      expect(items).toHaveLength(calls);
      const call = functions.get(task) as (item: unknown) => unknown;
      const once = await Promise.all(items.map((item) => call(structuredClone(item))));
      const again = await Promise.all(items.map((item) => call(structuredClone(item))));
      expect(again).toEqual(once);
    },
  );

  it('are measured with the same result in every backend', async () => {
    // The program is started as it is built: Node 20 runs no TypeScript.
    const file = path.resolve(import.meta.dirname, '../../dist/advisor/advisor-contestant.js');
    const { default: create } = (await import(pathToFileURL(file).href)) as {
      default: (options: unknown) => Contestant;
    };
    const workload = WORKLOADS.find(({ family, calls }) => family === 'objects in and out' && calls === 10)!.id;
    const digests = new Set<string>();
    for (const backend of ADVISOR_BACKENDS) {
      const contestant = create({ workload, backend, rate: RATE });
      const measures = (await contestant.round()) as Record<string, number>;
      expect(Object.keys(measures)).toEqual(['newMs', 'knownMs']);
      const { digest, problem } = await contestant.check();
      expect(problem).toBeUndefined();
      digests.add(digest);
    }
    expect(digests.size).toBe(1);
  });
});
