/** The files that hold a protocol, as text, with Atomics of the caller's: what is explored is what ships. */
import fs from 'node:fs';
import { transformSync } from '@swc/wasm-typescript';

/** A change of the text, to see that it is found. */
export interface Mutation {
  readonly from: string;
  readonly to: string;
}

/** The exports of `files`, which are paths in src, each after those that it imports. */
export function loadProtocol<Code>(files: readonly string[], atomics: unknown, mutation?: Mutation): Code {
  let text = files.map((file) => fs.readFileSync(new URL(`../../src/${file}`, import.meta.url), 'utf8')).join('\n');
  if (mutation !== undefined) {
    if (text.split(mutation.from).length !== 2) throw new Error(`not exactly once in the protocol: ${mutation.from}`);
    text = text.replace(mutation.from, () => mutation.to);
  }
  const { code } = transformSync(text, { mode: 'strip-only' });
  const names = [...code.matchAll(/^export (?:function|const) (\w+)/gm)].map(([, name]) => name!);
  const body = code.replaceAll(/^import [^;]*;/gm, '').replaceAll(/^export (?=function|const)/gm, '');
  // oxlint-disable-next-line no-new-func -- the text of our own files, which an import would bind to the real Atomics
  return new Function('Atomics', `${body}\nreturn { ${names.join(', ')} };`)(atomics) as Code;
}
