// `heddle machine`: what this machine gives a Node program.
import { coresAllowed, readMachine } from '@heddle/machine';
import { isAvailable, poolThreads, simdLevel, unavailableReason } from '@heddle/core-native';
import { EXIT } from '../exit-codes.ts';
import { formatBytes } from '../render/format.ts';
import { toJsonLine } from '../render/json.ts';
import { writeResult } from '../render/stdout.ts';
import { factTable } from '../render/table.ts';

export async function machine({ json }: { json?: boolean | undefined }): Promise<number> {
  const found = readMachine();
  const native = isAvailable()
    ? { available: true, simd: simdLevel(), threads: poolThreads() }
    : { available: false, reason: unavailableReason() };
  if (json) {
    await writeResult(`${toJsonLine({ ...found, native })}\n`);
    return EXIT.ok.code;
  }
  const { cores, memory, load, cpu, node } = found;
  const quota = cores.quota === undefined ? 'none' : `${cores.quota} cores`;
  await writeResult(
    `${factTable([
      ['cores to use', `${coresAllowed()} (${cores.source})`],
      ['cores', `${cores.logical} logical, ${cores.affinity} by affinity, quota ${quota}`],
      [
        'memory',
        `${formatBytes(memory.limitBytes)} allowed, ${formatBytes(memory.availableBytes)} free (${memory.source})`,
      ],
      ['load', `${load.one} (1 min), ${load.five} (5 min), ${load.fifteen} (15 min)`],
      ['processor', `${cpu.model}, ${cpu.simd}`],
      ['node', `${node.version} on ${node.platform} ${node.arch}, libuv pool ${node.uvThreadpoolSize}`],
      [
        'native kernels',
        isAvailable()
          ? `${simdLevel()} on ${poolThreads()} threads`
          : `not here: ${unavailableReason()?.split('\n')[0]}`,
      ],
    ])}\n`,
  );
  return EXIT.ok.code;
}
