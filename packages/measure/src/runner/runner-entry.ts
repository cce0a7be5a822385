/**
 * Main module of a runner process: answers the questions of `protocol.ts`, one at a time, on the main thread.
 *
 * A failure outside of a question (an uncaught exception, a process.exit) is left to Node: the process dies, and the
 * host reads exit code and stderr.
 */
import { isRequest, type Operations, type OperationName, type Reply, type Request } from './protocol.ts';
import type { CheckReport, Contestant, CreateContestant } from '../contestant.ts';
import { describeError } from '../errors.ts';
import { LoopDelayMeter } from './loop-delay.ts';

const US_PER_MS = 1000;

let contestant: Contestant | undefined;
const meter = new LoopDelayMeter();

const operations: { [K in OperationName]: (input: Operations[K]['input']) => Promise<Operations[K]['output']> } = {
  async create({ module, options }) {
    const loaded: { default?: unknown } = await import(module);
    if (typeof loaded.default !== 'function') {
      throw new TypeError(
        `contestant module ${module}: expected a function as default export, got ${typeof loaded.default}`,
      );
    }
    const made: unknown = await (loaded.default as CreateContestant)(options);
    if (!isContestant(made)) {
      throw new TypeError(`contestant module ${module}: expected its default export to give { round(), check() }`);
    }
    contestant = made;
    return null;
  },

  async round() {
    const current = created();
    meter.start();
    const cpuBefore = process.cpuUsage();
    const startMs = performance.now();
    try {
      const returned = await current.round();
      const wallMs = performance.now() - startMs;
      const { user, system } = process.cpuUsage(cpuBefore);
      return {
        wallMs,
        cpuMs: (user + system) / US_PER_MS,
        measures: checkedMeasures(returned),
        loopDelay: meter.stop(),
      };
    } finally {
      meter.stop();
    }
  },

  async check() {
    const report: unknown = await created().check();
    return checkedReport(report);
  },

  async close() {
    await contestant?.close?.();
    return null;
  },
};

function created(): Contestant {
  if (contestant === undefined) throw new Error('the contestant was not created');
  return contestant;
}

function isContestant(value: unknown): value is Contestant {
  if (typeof value !== 'object' || value === null) return false;
  const { round, check } = value as Partial<Contestant>;
  return typeof round === 'function' && typeof check === 'function';
}

function checkedMeasures(returned: unknown): Record<string, number> {
  if (returned === undefined || returned === null) return {};
  if (typeof returned !== 'object')
    throw new TypeError(`round(): expected an object of numbers or nothing, got ${typeof returned}`);
  for (const [key, value] of Object.entries(returned)) {
    if (!Number.isFinite(value))
      throw new TypeError(`round(): expected measure '${key}' to be a finite number, got ${String(value)}`);
  }
  return { ...(returned as Record<string, number>) };
}

function checkedReport(report: unknown): CheckReport {
  if (typeof report !== 'object' || report === null || typeof (report as CheckReport).digest !== 'string') {
    throw new TypeError('check(): expected { digest: string }');
  }
  const { digest, problem, artifacts, notes, explanation } = report as CheckReport;
  return {
    digest,
    ...(problem === undefined ? {} : { problem: String(problem) }),
    ...(artifacts === undefined ? {} : { artifacts: { ...artifacts } }),
    ...(notes === undefined ? {} : { notes: { ...notes } }),
    // As JSON has it: what can't be sent must not end the runner.
    ...(explanation === undefined ? {} : { explanation: JSON.parse(JSON.stringify(explanation)) as unknown }),
  };
}

async function answer(request: Request): Promise<void> {
  let reply: Reply;
  try {
    const operation = operations[request.operation] as (input: unknown) => Promise<unknown>;
    reply = { heddleMeasure: 'reply', id: request.id, ok: true, output: await operation(request.input) };
  } catch (thrown) {
    reply = { heddleMeasure: 'reply', id: request.id, ok: false, error: describeError(thrown) };
  }
  // Without a channel the host is gone, and 'disconnect' below ends the process.
  if (process.connected) process.send?.(reply);
}

process.on('message', (message) => {
  if (isRequest(message)) void answer(message);
});

process.on('disconnect', () => {
  try {
    // The runner leads its own process group; its children go with it.
    if (process.platform !== 'win32') process.kill(-process.pid, 'SIGKILL');
  } finally {
    process.exit(1);
  }
});
