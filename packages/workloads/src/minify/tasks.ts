/** Task module: one source file through terser. */
import { readFile } from 'node:fs/promises';
import { minify } from 'terser';

/** The minified text of the file; rejects if it isn't a program. */
export async function minifyFile(path: string): Promise<string> {
  const { code } = await minify(await readFile(path, 'utf8'));
  return code ?? '';
}
