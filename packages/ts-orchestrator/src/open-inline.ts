/**
 * Pools whose tasks run on the program's own thread.
 */
import { openPool } from './assemble-pool.ts';
import { systemClock } from './clock/clock.ts';
import { shareCapturedOutput } from './entry/capture-output.ts';
import { TaskRunner, type RunObserver } from './entry/task-runner.ts';
import type { CheckedPoolOptions, ResolvedPoolOptions } from './pool/pool-options.ts';
import { sizeOptions } from './pool/pool-size.ts';
import { createInlineTransport } from './transport/inline-transport.ts';
import type { Transport } from './transport/transport.ts';

export const inlineTransport = (options: ResolvedPoolOptions, observer?: RunObserver | undefined): Transport =>
  createInlineTransport({
    isByReference: options.unsafeByReference,
    clock: systemClock,
    createRunner: (port) => new TaskRunner(port, [], options, observer),
    captureOutput: shareCapturedOutput,
  });

export function openInline(checked: CheckedPoolOptions, moduleUrl: string) {
  const options = sizeOptions(checked);
  return openPool(inlineTransport(options), options, moduleUrl);
}
