/**
 * Where the first file of a worker is. A worker needs JavaScript that Node loads by itself: built code has it beside itself;
 * sources run under a test runner take the built entries, unless this Node strips types.
 */
export function entryUrl(name: 'thread-entry' | 'process-entry' | 'stack-probe' | 'typescript-hook'): URL {
  if (!import.meta.url.endsWith('.ts')) return new URL(`../entry/${name}.js`, import.meta.url);
  const stripsTypes = (process.features as { typescript?: unknown }).typescript;
  return stripsTypes === true || stripsTypes === 'strip' || stripsTypes === 'transform'
    ? new URL(`../entry/${name}.ts`, import.meta.url)
    : new URL(`../../dist/entry/${name}.js`, import.meta.url);
}
