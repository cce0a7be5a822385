// The rows of `heddle machine` about the calibration: what starts and copies cost on this machine, and where that is kept.
import type { CalibratedCosts, FoundCalibration, MadeCalibration } from '@heddle/ts-orchestrator/calibration';
import { formatBytes, formatMs, printable } from './format.ts';

type Fact = readonly [name: string, text: string];

function costsText({ startMs, latencyMs, callerMs, batchedCallerMs, memoryMiB }: CalibratedCosts): string {
  const parts: string[] = [];
  if (startMs !== undefined) parts.push(`start ${formatMs(startMs)}`);
  if (latencyMs !== undefined) parts.push(`there and back ${formatMs(latencyMs)}`);
  if (callerMs !== undefined) parts.push(`a call takes this thread ${formatMs(callerMs)}`);
  if (batchedCallerMs !== undefined) parts.push(`an item of a map ${formatMs(batchedCallerMs)}`);
  if (memoryMiB !== undefined) parts.push(`${formatBytes(memoryMiB * 2 ** 20)} each`);
  return parts.join(', ');
}

/** Of one that was found, or was just made. Costs that nobody has measured have no row. */
export function calibrationFacts(known: FoundCalibration | MadeCalibration): Fact[] {
  const { calibration, file = 'nowhere', problem } = known;
  if (calibration === undefined)
    return [
      ['calibration', problem === undefined ? `none yet (${file})` : printable(`not used: ${problem} (${file})`)],
    ];
  const when = new Date(calibration.madeAt).toISOString().slice(0, 16).replace('T', ' ');
  const made = 'elapsedMs' in known ? `made in ${formatMs(known.elapsedMs)}` : `of ${when} UTC`;
  const kept = problem === undefined ? file : `not kept: ${problem}`;
  const facts: Fact[] = [['calibration', printable(`${made} (${kept})`)]];
  for (const backend of ['inline', 'threads', 'processes'] as const) {
    const text = costsText(calibration.costs[backend]);
    if (text !== '') facts.push([`  ${backend}`, text]);
  }
  const { cloneMsPerMiB, cloneMsPerThousandObjects } = calibration;
  const copies: string[] = [];
  if (cloneMsPerMiB !== undefined) copies.push(`${formatMs(cloneMsPerMiB)} per MiB of numbers`);
  if (cloneMsPerThousandObjects !== undefined)
    copies.push(`${formatMs(cloneMsPerThousandObjects)} per thousand small objects`);
  if (copies.length > 0) facts.push(['  copies', copies.join(', ')]);
  return facts;
}
