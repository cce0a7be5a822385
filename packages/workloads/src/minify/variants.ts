/**
 * A plain loop, or one file per task. The largest files go first, so that none of them starts when the others have ended.
 * There is no native kernel for this: it is JavaScript that works on JavaScript objects.
 */
import type { Runner, VariantContext, Variants } from '../define-workload.ts';
import { builtFile } from '../support/built-file.ts';
import { endOf, startPool } from '../support/pool.ts';
import { readFiles } from './input.ts';
import type { MinifySize } from './input.ts';
import type * as tasks from './tasks.ts';

const TASKS = builtFile('./tasks.js', import.meta.url);

export const variants: Variants<MinifySize, string[]> = {
  async inline({ size, dir }) {
    const files = await readFiles(size, dir);
    // Loaded by those who minify: the runners of other workloads would carry terser too.
    const { minifyFile } = await import('./tasks.ts');
    return {
      async run() {
        const outputs: string[] = [];
        for (const { path } of files) outputs.push(await minifyFile(path));
        return outputs;
      },
    };
  },

  threads: (context) => pooled(context, 'threads'),

  processes: (context) => pooled(context, 'processes'),

  auto: (context) => pooled(context, 'auto'),
};

async function pooled(
  { size, workers, dir }: VariantContext<MinifySize>,
  backend: 'threads' | 'processes' | 'auto',
): Promise<Runner<string[]>> {
  const files = await readFiles(size, dir);
  const order = [...files.keys()].sort((a, b) => files[b]!.bytes - files[a]!.bytes || a - b);
  const paths = order.map((index) => files[index]!.path);
  const pool = await startPool<typeof tasks>(TASKS, backend, workers);
  return {
    async run() {
      const outputs: string[] = files.map(() => '');
      for await (const { index, value } of pool.map('minifyFile', paths, { ordered: false })) {
        outputs[order[index]!] = value;
      }
      return outputs;
    },
    ...endOf(pool),
  };
}
