/**
 * Checks that every file came out as from the plain loop that ran once before the contestants, that the whole got smaller,
 * and that some of the results still compile.
 */
import { readFile } from 'node:fs/promises';
import { compileFunction } from 'node:vm';
import type { VariantContext } from '../define-workload.ts';
import { digestOf } from '../support/digest.ts';
import type { CheckReport } from '../workload.ts';
import { readFiles } from './input.ts';
import type { MinifySize, SourceFile } from './input.ts';

/** Files compiled again per check. */
const COMPILED = 8;
/** A module's statements, which a function's body can't have. */
const MODULE_SYNTAX = /\b(?:import|export|await)\b/;

export async function check(outputs: string[], { size, dir }: VariantContext<MinifySize>): Promise<CheckReport> {
  const files = await readFiles(size, dir);
  const digest = digestOf(JSON.stringify(outputs));
  const problem = await findProblem(outputs, files);
  return problem === undefined ? { digest } : { digest, problem };
}

async function findProblem(outputs: string[], files: SourceFile[]): Promise<string | undefined> {
  if (outputs.length !== files.length) return `${outputs.length} files came out of ${files.length}`;
  for (const [index, { path, minified }] of files.entries()) {
    if (digestOf(outputs[index]!) !== minified) return `${path} came out otherwise than from a plain loop`;
  }
  const bytesIn = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const bytesOut = outputs.reduce((sum, output) => sum + Buffer.byteLength(output), 0);
  if (bytesOut >= bytesIn) return `${bytesIn} bytes of source became ${bytesOut}`;
  for (const [index, { path }] of files.slice(0, COMPILED).entries()) {
    const source = await readFile(path, 'utf8');
    if (MODULE_SYNTAX.test(source) || source.startsWith('#!')) continue;
    try {
      compileFunction(outputs[index]!);
    } catch (error) {
      return `the minified ${path} does not compile: ${String(error)}`;
    }
  }
  return undefined;
}
