import fs from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import * as examples from '../src/examples/index.ts';
import { ARRAY_NAMES, KERNEL_TABLE } from '../src/generated/kernel-table.ts';
import * as root from '../src/index.ts';
import { loadedFrom } from '../src/index.ts';
import { isMissing, reportMissing } from './native.ts';

const exportsOf: Record<string, Record<string, unknown>> = { '.': root, './examples': examples };

describe('the list of kernels', () => {
  reportMissing();

  it.skipIf(isMissing)('is the same in the binary and in TypeScript', () => {
    const addon = createRequire(import.meta.url)(loadedFrom()) as { table: string[][] };
    expect(addon.table).toEqual(KERNEL_TABLE);
  });

  it('has as many lines as kernels.def', () => {
    const list = fs.readFileSync(new URL('../core/kernels/kernels.def', import.meta.url), 'utf8');
    expect(KERNEL_TABLE).toHaveLength(list.match(/^HEDDLE_KERNEL\(/gm)!.length);
    expect(Object.keys(ARRAY_NAMES)).toEqual(KERNEL_TABLE.map(([name]) => name));
  });

  it.each(KERNEL_TABLE.map(([name, subPath]) => ({ name: name!, subPath: subPath! })))(
    '$name is exported from $subPath in both forms',
    ({ name, subPath }) => {
      expect(exportsOf[subPath]?.[name]).toBeTypeOf('function');
      expect(exportsOf[subPath]?.[`${name}Sync`]).toBeTypeOf('function');
    },
  );
});
