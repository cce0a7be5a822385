/**
 * Loads the judge at once, in the middle of the call that needs it: there is no time in between in which a call has no place, a map no
 * answer, or a pool is closed. Only `require` does that in every version of Node, so this file is no ES module.
 */
import { fileURLToPath } from 'node:url';
import { entryUrl } from '../transport/entry-url.ts';
import type { Judge, JudgeParts } from './judge.ts';

/** Throws where the file can't be loaded. */
export function loadJudge(parts: JudgeParts): Judge {
  const load = process.getBuiltinModule('node:module').createRequire(import.meta.url);
  const { createJudge } = load(fileURLToPath(entryUrl('judge-entry', 'cjs'))) as typeof import('./judge-entry.ts');
  return createJudge(parts);
}
