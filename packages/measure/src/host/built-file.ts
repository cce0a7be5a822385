/** Files of this package that other processes load. */
import { existsSync } from 'node:fs';

/**
 * URL of the module `path` (without its ending, below `src`). Node that cannot run TypeScript itself (before 22.18) takes
 * the built one when this file runs as source, as under vitest.
 *
 * @throws Error when it would have to be built first.
 */
export function builtFile(path: string): URL {
  const runsAsSource = import.meta.url.endsWith('.ts');
  const runsTypeScript = 'typescript' in process.features && Boolean(process.features.typescript);
  if (!runsAsSource) return new URL(`../${path}.js`, import.meta.url);
  if (runsTypeScript) return new URL(`../${path}.ts`, import.meta.url);
  const built = new URL(`../../dist/${path}.js`, import.meta.url);
  if (!existsSync(built))
    throw new Error(`${path}.js is not built, and this Node runs no TypeScript: build @heddle/measure`);
  return built;
}
