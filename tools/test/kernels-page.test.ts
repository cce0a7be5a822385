// The page of kernels, from a made-up table, source and run.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { kernels } from '../docs/kernels.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const { card } = JSON.parse(fs.readFileSync(path.join(root, 'docs/results/compare.json'), 'utf8')) as { card: object };

const definitions = `
HEDDLE_ELEMENT(f32, Float32Array, float)
HEDDLE_ELEMENT(f64, Float64Array, double)

HEDDLE_KERNEL(scale, ".", "x:in:f64|f32 out:out:=x", "factor", "", 512)
HEDDLE_KERNEL(norm, "./examples", "x:inout:f64", "", "norm scale", 0)
`;
const source = (name: string, cost: string) => `
/**
 * Does {@link ${name}} things,
 * exactly.
 *
 * Same bits always.
 * Off the event loop, on the pool. Memory rules: {@link KernelOptions}.
 * Errors: TypeError.
${cost} */
export function ${name}<T extends Floats>(
  x: T,
  options?: KernelOptions,
): Promise<T> {
  return x;
}

/** {@link ${name}} at once. */
export function ${name}Sync(x: Floats): number {
  return 1;
}
`;
const sources = [
  {
    file: 'packages/core-native/src/kernels/scale.ts',
    text: source('scale', ' * Cost: O(n) time;\n * no allocation.\n'),
  },
  { file: 'packages/core-native/src/examples/norm.ts', text: source('norm', ' * Cost: O(1).\n') },
];
const speedup = { ratio: 2, low: 1.5, high: 2.5 };
const measured = {
  id: 'scale f64',
  kernel: 'scale',
  unit: 'GB/s',
  sizeLabel: 'elements',
  crossover: 1_000,
  contestants: [{ kind: 'twin', label: 'core-js' }],
  sizes: [
    {
      size: 1_000_000,
      baseline: 'twin',
      timings: [{ kind: 'twin', figure: 5 }],
      speedups: { 'native-1': speedup, 'native-all': speedup },
      ofLimit: { 'native-all': { ratio: 0.874 } },
    },
  ],
};
const run = { card, noise: 0.01, native: { threads: 2 }, cases: [measured] };

test('has what the table, the comment and the run say of each kernel', () => {
  const page = kernels(run, definitions, sources);
  expect(page).toContain(
    '| [scale f64](#scale) | 1,000,000 elements | 5.00 GB/s (core-js) | 2.00x (1.50x to 2.50x) | 2.00x (1.50x to 2.50x) | 87 % | 1,000 elements |',
  );
  expect(page).toContain('### scale\n\nDoes `scale` things, exactly.\n\nSame bits always.\n\n```ts\n');
  expect(page).toContain(
    "import { scale, scaleSync } from '@heddle/core-native';\n\nfunction scale<T extends Floats>(x: T, options?: KernelOptions): Promise<T>;\nfunction scaleSync(x: Floats): number;\n",
  );
  expect(page).toContain('| `x` | Float64Array, Float32Array | read |\n| `out` | as `x` | written |');
  expect(page).toContain(
    'Cost: O(n) time; no allocation.\n\nSource: [scale.ts](../packages/core-native/src/kernels/scale.ts).',
  );
  expect(page).toContain("from '@heddle/core-native/examples';");
  expect(page).toContain('| `x` | Float64Array | read and written |\n\nCost: O(1).\n\nNot in the committed run.');
  expect(page).not.toMatch(/undefined|NaN|Off the event loop, on the pool/);
});

test('has no column for limits that were not measured', () => {
  const [size] = measured.sizes;
  const { ofLimit: _, ...without } = size!;
  const page = kernels({ ...run, cases: [{ ...measured, sizes: [without] }] }, definitions, sources);
  expect(page).not.toContain('of the limit');
});

test('sets libraries of others beside the kernels where the run has them', () => {
  expect(kernels(run, definitions, sources)).not.toContain('## Beside other libraries');
  const [size] = measured.sizes;
  const beside = { 'native-1': { figure: 4, speedup: { ratio: 1.25 } }, 'native-all': { figure: 6 } };
  const peer = { name: 'other', label: 'Other', setting: 'as it comes' };
  const page = kernels({ ...run, cases: [{ ...measured, peer, sizes: [{ ...size!, beside }] }] }, definitions, sources);
  expect(page).toContain(
    '| [scale f64](#scale) | 1,000,000 elements | Other | 4.00 GB/s, native 1.25x | 6.00 GB/s |\n\n- Other: as it comes.\n\n## Method',
  );
});

test('names a kernel that is not documented', () => {
  expect(() => kernels(run, definitions, sources.slice(1))).toThrow('exports the kernel scale');
  const bare = [{ file: 'scale.ts', text: source('scale', '') }, sources[1]!];
  expect(() => kernels(run, definitions, bare)).toThrow('scale.ts: scale lacks its Sync form or the line "Cost:"');
});
