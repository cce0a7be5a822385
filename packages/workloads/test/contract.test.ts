import { describe, expect, it } from 'vitest';
import createContestant from '../src/contestant.ts';
import { findWorkload, workloads } from '../src/index.ts';
import { VARIANT_KINDS } from '../src/workload.ts';
import { testDir } from './support.ts';

describe.each(workloads.map((workload) => [workload.name, workload] as const))('%s', (_name, workload) => {
  it('declares what a table needs', () => {
    const keys = workload.measures.map(({ key }) => key);
    expect(keys).toContain('wallMs');
    expect(keys).toContain(workload.winner);
    expect(workload.kinds).toContain('inline');
    expect(workload.kinds).toEqual(VARIANT_KINDS.filter((kind) => workload.kinds.includes(kind)));
    expect(workload.textbook.expects.every((kind) => workload.kinds.includes(kind))).toBe(true);
    expect(findWorkload(workload.name)).toBe(workload);
  });

  it('has sizes that are plain JSON, never below the minimum, and grow with the work', () => {
    const smallest = workload.sizeOf(workload.minimumWork);
    expect(workload.sizeOf(workload.minimumWork / 1000)).toEqual(smallest);
    const full = workload.sizeOf(1);
    expect(JSON.parse(JSON.stringify(full))).toEqual(full);
    expect(workload.describe(full)).not.toBe(workload.describe(smallest));
    for (const key of Object.keys(full)) expect(full[key]).toBeGreaterThanOrEqual(smallest[key]!);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses an amount of work of %s', (work) => {
    expect(() => workload.sizeOf(work)).toThrow(RangeError);
  });

  it('refuses a size that is not one of its own', () => {
    const size = workload.sizeOf(1);
    const [key] = Object.keys(size);
    expect(() => workload.describe({ ...size, [key!]: 1.5 })).toThrow(`size.${key} of workload '${workload.name}'`);
    expect(() => workload.describe({})).toThrow(RangeError);
    expect(() => workload.describe({ ...size, wings: 2 })).toThrow(`no size named 'wings'`);
  });
});

describe('the contestant module', () => {
  const size = findWorkload('mandelbrot')!.sizeOf(0.001);

  it('makes the contestant that its options name', async () => {
    const dir = await testDir();
    const contestant = await createContestant({ workload: 'mandelbrot', kind: 'inline', size, workers: 1, dir });
    await expect(contestant.check()).rejects.toThrow('needs a round');
    await contestant.round();
    expect((await contestant.check()).problem).toBeUndefined();
    await contestant.close();
    await contestant.close();
  });

  it('names what it does not know', async () => {
    const options = { workload: 'mandelbrot', kind: 'inline', size, workers: 1, dir: '/tmp' } as const;
    const names = workloads.map(({ name }) => name).join(', ');
    await expect(createContestant({ ...options, workload: 'mandelbrod' })).rejects.toThrow(
      `there is no workload 'mandelbrod'; there are ${names}`,
    );
    await expect(createContestant({ ...options, kind: 'clouds' as 'inline' })).rejects.toThrow(`no variant 'clouds'`);
    await expect(createContestant({ ...options, workers: 0 })).rejects.toThrow('workers must be');
    await expect(createContestant({ ...options, dir: '' })).rejects.toThrow('dir must be');
  });
});
