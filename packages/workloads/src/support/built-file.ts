/**
 * The built file beside a module: workers and children load JavaScript from dist, also when this module itself runs
 * from src (under the test runner), because Node 20 can't load TypeScript there by itself.
 *
 * @param name file name with `.js`, next to the caller in dist
 * @param base the caller's `import.meta.url`
 */
export function builtFile(name: string, base: string): URL {
  const url = new URL(name, base);
  if (base.endsWith('.ts')) url.pathname = url.pathname.replace(/\/src\/(?!.*\/src\/)/, '/dist/');
  return url;
}
