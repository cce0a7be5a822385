// Helpers of the packing test: what it takes from a README, and what it takes from its own environment.

/** The first block marked `js`. Throws when there is none: every package shows how it is used. */
export function firstExample(readme: string): string {
  const code = /^```js\n(.*?)^```$/ms.exec(readme)?.[1];
  if (code === undefined) throw new Error('the README holds no block of JavaScript (```js)');
  return code;
}

/** Settings of npm that say where packages come from; all others belong to the repository that runs the test. */
const KEPT = new Set(
  ['registry', 'cache', 'userconfig', 'globalconfig', 'proxy', 'https_proxy', 'noproxy', 'cafile', 'strict_ssl'].map(
    (name) => `npm_config_${name}`,
  ),
);

/**
 * The environment of a user who knows nothing of this repository. The global prefix stays: npm looks for its global
 * settings below it, such as the certificates it trusts, and nothing is installed globally.
 */
export function outsideEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isOurs = (name: string) =>
    /^(npm_|VITEST|NODE_|NX_|TEST$|INIT_CWD$|HEDDLE_)/.test(name) && !KEPT.has(name.toLowerCase());
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isOurs(name)));
}
