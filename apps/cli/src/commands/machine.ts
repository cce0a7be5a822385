// `heddle machine`: what this machine gives a Node program.
import { MachineReader } from '@heddle/machine';
import { isAvailable, poolThreads, simdLevel, unavailableReason } from '@heddle/core-native';
import { EXIT } from '../exit-codes.ts';
import { toJsonLine } from '../render/json.ts';
import { calibrationFacts } from '../render/calibration-facts.ts';
import { machineFacts } from '../render/machine-facts.ts';
import { writeResult } from '../render/stdout.ts';
import { factTable } from '../render/table.ts';

export interface MachineOptions {
  readonly json?: boolean | undefined;
  /** Measure what backends cost here, and keep it. */
  readonly calibrate?: boolean | undefined;
}

export async function machine({ json, calibrate }: MachineOptions): Promise<number> {
  const reader = new MachineReader();
  const found = reader.read();
  // The start of this command is the busy time that is measured: it needs no load of its own.
  const effective = reader.effectiveCores();
  const native = isAvailable()
    ? { available: true, simd: simdLevel(), threads: poolThreads() }
    : { available: false, reason: unavailableReason() };
  // Its code is a whole pool's: only loaded here.
  const costs = await import('@heddle/ts-orchestrator/calibration');
  const made = calibrate ? await costs.calibrate() : undefined;
  const calibration = made ?? costs.found();
  const code = made?.problem === undefined ? EXIT.ok.code : EXIT.failed.code;
  if (json) {
    await writeResult(`${toJsonLine({ ...found, effective, native, calibration })}\n`);
    return code;
  }
  const kernels = isAvailable()
    ? `${simdLevel()} on ${poolThreads()} threads`
    : `not here: ${unavailableReason()?.split('\n')[0]}`;
  const facts = [...machineFacts(found, effective), ['native kernels', kernels] as const];
  await writeResult(`${factTable([...facts, ...calibrationFacts(calibration)])}\n`);
  return code;
}
