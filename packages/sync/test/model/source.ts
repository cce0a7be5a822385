/** The files that hold a protocol, as text, with Atomics of the caller's: what is explored is what ships. */
import fs from 'node:fs';
import { transformSync } from '@swc/wasm-typescript';

/** A change of the text, to see that it is found. */
export interface Mutation {
  readonly from: string;
  readonly to: string;
}

const SEAM = '\n// the next file\n';

/** The exports of `files`, which are paths in src, each after those that it imports. */
export function loadProtocol<Code>(
  files: readonly string[],
  atomics: unknown,
  ...mutations: (Mutation | undefined)[]
): Code {
  const read = (file: string) => fs.readFileSync(new URL(`../../src/${file}`, import.meta.url), 'utf8');
  let text = files.map(read).join(SEAM);
  for (const mutation of mutations) {
    if (mutation === undefined) continue;
    if (text.split(mutation.from).length !== 2) throw new Error(`not exactly once in the protocol: ${mutation.from}`);
    text = text.replace(mutation.from, () => mutation.to);
  }
  // Each file is a function: of what came before it and what it imports by name, which gives its exports.
  const parts = text.split(SEAM).map((part) => {
    const { code } = transformSync(part, { mode: 'strip-only' });
    const names = [...code.matchAll(/^export (?:function|const) (\w+)/gm)].map(([, name]) => name!);
    const body = code
      .replaceAll(/^import \{([^}]*)\} from [^;]*;/gm, 'const {$1} = all;')
      .replaceAll(/^export (?=function|const)/gm, '');
    return `(() => {\n${body}\nreturn { ${names.join(', ')} };\n})()`;
  });
  const source = `let all = {};\n${parts.map((part) => `all = { ...all, ...${part} };`).join('\n')}\nreturn all;`;
  // oxlint-disable-next-line no-new-func -- the text of our own files, which an import would bind to the real Atomics
  return new Function('Atomics', source)(atomics) as Code;
}
