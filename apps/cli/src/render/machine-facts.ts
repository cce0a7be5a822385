// The rows of `heddle machine`: what the machine gives, where that comes from, and where Node says something else.
import type { EffectiveCores, Machine, Pressure } from '@heddle/machine';
import { formatBytes, formatMs, formatNumber } from './format.ts';

type Fact = readonly [name: string, text: string];

function percent(share: number): string {
  return `${formatNumber(share * 100)} %`;
}

function effectiveText({ cores, busy, source }: EffectiveCores): string {
  if (busy === undefined) return `${formatNumber(cores)}, nothing measured (${source})`;
  const { busyMs, usedCores, grantedShare } = busy;
  const given = `${percent(grantedShare)} of the processor time wanted in ${formatMs(busyMs)} busy`;
  return `${formatNumber(cores)}: ran on ${formatNumber(usedCores)}, given ${given} (${source})`;
}

function throttlingText({ periods, throttledPeriods, throttledMs, share, source }: NonNullable<Machine['throttling']>) {
  const part = share === undefined ? '' : ` (${percent(share)})`;
  return `in ${throttledPeriods} of ${periods} periods${part}, ${formatMs(throttledMs)} over all CPUs (${source})`;
}

function pressureText({ pressureCpu10, pressureMemory10 }: Pressure): string {
  const parts: string[] = [];
  if (pressureCpu10 !== undefined) parts.push(`cores ${pressureCpu10} %`);
  if (pressureMemory10 !== undefined) parts.push(`memory ${pressureMemory10} %`);
  return parts.join(', ');
}

function swapText({ limitBytes, source }: NonNullable<Machine['memory']['swap']>): string {
  return `${limitBytes === 0 ? 'off' : `${formatBytes(limitBytes)} at most`} (${source})`;
}

/** Node's answer beside ours. */
function beside(theirs: string, ours: string, meaning: string): string {
  return theirs === ours ? `${theirs}, the same` : `${theirs}, but ${ours} ${meaning}`;
}

/** Facts that a machine doesn't have (no quota, no pressure) have no row. */
export function machineFacts(
  { cores, throttling, memory, load, cpu, node }: Machine,
  effective: EffectiveCores,
): Fact[] {
  const { allowed, logical, affinity, quota, quotaSource } = cores;
  const limit = memory.limitBytes < memory.totalBytes ? formatBytes(memory.limitBytes) : 'none';
  const pressure = pressureText(load);
  const facts: Fact[] = [
    ['cores to use', `${allowed} (${cores.source})`],
    [
      'cores',
      `${logical} logical, ${affinity} by affinity, quota ${quota === undefined ? 'none' : `${quota} cores (${quotaSource})`}`,
    ],
    ['cores given so far', effectiveText(effective)],
  ];
  if (throttling) facts.push(['stopped by the quota', throttlingText(throttling)]);
  facts.push([
    'memory',
    `${formatBytes(memory.limitBytes)} allowed, ${formatBytes(memory.availableBytes)} free (${memory.source})`,
  ]);
  if (memory.swap) facts.push(['swap', swapText(memory.swap)]);
  facts.push(['load', `${load.one} (1 min), ${load.five} (5 min), ${load.fifteen} (15 min)`]);
  if (pressure !== '') facts.push(['waited in the last 10 s', `for ${pressure}`]);
  if (load.group) facts.push(['  in this control group', `for ${pressureText(load.group)} (${load.group.source})`]);
  facts.push(
    ['processor', `${cpu.model}, ${cpu.simd}`],
    ['node', `${node.version} on ${node.platform} ${node.arch}, libuv pool ${node.uvThreadpoolSize}`],
    ['os.availableParallelism()', beside(String(node.parallelism), String(allowed), 'to use')],
    ['os.totalmem()', beside(formatBytes(node.totalBytes), formatBytes(memory.limitBytes), 'allowed')],
    [
      'process.constrainedMemory()',
      beside(node.constrainedBytes === undefined ? 'none' : formatBytes(node.constrainedBytes), limit, 'is the limit'),
    ],
    ['process.availableMemory()', beside(formatBytes(node.availableBytes), formatBytes(memory.availableBytes), 'free')],
  );
  return facts;
}
