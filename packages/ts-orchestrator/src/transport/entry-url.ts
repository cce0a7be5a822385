/**
 * Where the file is that a worker, a probe or a loader hook starts with, or that is loaded at once where it is needed: built as one file
 * each, in dist/bundle. Bundled code finds them by the same path as the single modules of dist; sources, which a test runner loads, take
 * the built ones as well.
 */
export function entryUrl(
  name: 'thread-entry' | 'process-entry' | 'stack-probe' | 'typescript-hook' | 'calibration-tasks' | 'judge-entry',
  ending: 'js' | 'cjs' = 'js',
): URL {
  const folder = import.meta.url.endsWith('.ts') ? '../../dist/bundle' : '../bundle';
  return new URL(`${folder}/${name}.${ending}`, import.meta.url);
}
