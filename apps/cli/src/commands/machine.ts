// `heddle machine`: what this machine gives a Node program.
import { MachineReader } from '@heddle/machine';
import { isAvailable, poolThreads, simdLevel, unavailableReason } from '@heddle/core-native';
import { EXIT } from '../exit-codes.ts';
import { toJsonLine } from '../render/json.ts';
import { machineFacts } from '../render/machine-facts.ts';
import { writeResult } from '../render/stdout.ts';
import { factTable } from '../render/table.ts';

export async function machine({ json }: { json?: boolean | undefined }): Promise<number> {
  const reader = new MachineReader();
  const found = reader.read();
  // The start of this command is the busy time that is measured: it needs no load of its own.
  const effective = reader.effectiveCores();
  const native = isAvailable()
    ? { available: true, simd: simdLevel(), threads: poolThreads() }
    : { available: false, reason: unavailableReason() };
  if (json) {
    await writeResult(`${toJsonLine({ ...found, effective, native })}\n`);
    return EXIT.ok.code;
  }
  const kernels = isAvailable()
    ? `${simdLevel()} on ${poolThreads()} threads`
    : `not here: ${unavailableReason()?.split('\n')[0]}`;
  await writeResult(`${factTable([...machineFacts(found, effective), ['native kernels', kernels]])}\n`);
  return EXIT.ok.code;
}
