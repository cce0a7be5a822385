// What `pool.explain()` says, for people: one sentence per function, what was measured of a call, and a row per backend.
import type { Explanation, FunctionExplanation } from '@heddle/ts-orchestrator';
import { countOf, formatMs, formatNumber, printable } from './format.ts';
import { plainTable } from './table.ts';

const BACKENDS = ['inline', 'threads', 'processes'] as const;
/** Columns of text for the reason why a backend is out. */
const REASON_WIDTH = 44;

function featuresLine({ features }: FunctionExplanation): string {
  const { wallMs, computingShare, cloneMs, crashes } = features;
  const parts =
    wallMs === undefined
      ? ['no call was measured']
      : [
          `one call takes ${formatMs(wallMs.median)}${wallMs.spread > 0 ? ` \u00b1${formatMs(wallMs.spread)}` : ''}`,
          `computes for ${formatNumber(computingShare * 100)} % of it`,
        ];
  if (cloneMs !== undefined) parts.push(`takes ${formatMs(cloneMs)} to copy its values`);
  if (crashes > 0) parts.push(`has ended ${countOf(crashes, 'worker')}`);
  return parts.join(', ');
}

function functionText(explained: FunctionExplanation): string {
  const { backend: chosen, sentence, calls, decidedFor, predictedMs, actualMs, ruledOut } = explained;
  const table = plainTable(
    ['backend', 'calls so far', `predicted for ${countOf(decidedFor, 'call')}`, 'measured per call', 'ruled out'],
    { colWidths: [null, null, null, null, REASON_WIDTH], wordWrap: true },
  );
  for (const backend of BACKENDS) {
    const predicted = predictedMs[backend];
    const actual = actualMs[backend];
    const out = ruledOut.find((each) => each.backend === backend);
    table.push([
      backend === chosen ? `${backend} *` : backend,
      (calls[backend] ?? 0).toLocaleString('en-US'),
      predicted === undefined ? '' : formatMs(predicted),
      actual === undefined ? '' : formatMs(actual),
      out === undefined ? '' : printable(`${out.rule}: ${out.reason}`),
    ]);
  }
  return `${printable(sentence)}\n  ${featuresLine(explained)}\n${table.toString()}`;
}

/** Ends without a line break. `*` marks where the next call goes. */
export function explanationText({ sentence, functions, workers, calibration }: Explanation): string {
  const calls = functions.length === 0 ? [printable(sentence)] : functions.map(functionText);
  const around = workers.map((each) => `${each.backend}: ${each.sentence}`);
  if (calibration !== undefined) around.push(calibration.sentence);
  return [...calls, ...(around.length === 0 ? [] : [around.map(printable).join('\n')])].join('\n\n');
}
