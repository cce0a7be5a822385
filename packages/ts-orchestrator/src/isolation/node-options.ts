/**
 * Which of Node's own options a worker takes over from this program. Pure.
 */

/** Options that belong to this run of this program alone: its script text, its inspector, its watcher, its profiles. */
const OWN_OPTION =
  /^(?:--(?:eval|print|input-type|inspect|debug-port|test|watch|check|interactive|cpu-prof|heap-prof)|-(?:e|p|pe|c|i)$)/;
/** Those of them whose value may stand in the next argument. */
const OWN_OPTION_WITH_VALUE =
  /^(?:-e|-p|-pe|--eval|--print|--input-type|--(?:inspect|debug)-port|--watch-path|--(?:cpu|heap)-prof-\w+|--test-(?!only|force-exit)[\w-]+)$/;

/** What this program was started with, less what belongs to it alone. */
export function inheritedExecArgv(execArgv: readonly string[] = process.execArgv): string[] {
  return withoutOwn(execArgv, (argument) => argument);
}

/** The same for the text of NODE_OPTIONS. Undefined: nothing is left. */
export function inheritedNodeOptions(nodeOptions: string): string | undefined {
  // Node splits at spaces outside double quotes, within which a backslash takes the next character as it is.
  const words = nodeOptions.match(/(?:"(?:\\.|[^"\\])*"?|[^\s"])+/gs) ?? [];
  const kept = withoutOwn(words, (word) => word.replaceAll(/\\(.)|"/gs, '$1'));
  return kept.length === 0 ? undefined : kept.join(' ');
}

function withoutOwn(words: readonly string[], argumentOf: (word: string) => string): string[] {
  const kept: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const argument = argumentOf(words[i]!);
    if (!OWN_OPTION.test(argument)) kept.push(words[i]!);
    else if (OWN_OPTION_WITH_VALUE.test(argument)) i++;
  }
  return kept;
}
