import { defineWorkload } from '../define-workload.ts';
import { check } from './check.ts';
import { INVOICES, LINES, minimumWork, sizeOf } from './input.ts';
import { variants } from './variants.ts';

export const httpService = defineWorkload({
  name: 'http-service',
  title: 'HTTP service under load, a worker killed',
  standsFor: 'server applications',
  textbook: {
    rule: 'A server whose requests compute runs as several processes: they use all cores, and one that dies takes few requests along.',
    expects: ['processes', 'cluster'],
  },
  measures: [
    { key: 'requestsPerSecond', label: 'good answers, the kill included', unit: 'requests/s', better: 'higher' },
    { key: 'undisturbedPerSecond', label: 'before the kill', unit: 'requests/s', better: 'higher' },
    { key: 'latencyP50Ms', label: 'latency p50', unit: 'ms', better: 'lower' },
    { key: 'latencyP99Ms', label: 'latency p99', unit: 'ms', better: 'lower' },
    { key: 'failedRequests', label: 'failed', unit: 'requests', better: 'lower' },
    { key: 'recoveryMs', label: 'kill to full service', unit: 'ms', better: 'lower' },
    { key: 'loopDelayP99Ms', label: 'trivial request beside the load, p99', unit: 'ms', better: 'lower' },
    { key: 'wallMs', label: 'time', unit: 'ms', better: 'lower' },
  ],
  winner: 'requestsPerSecond',
  leastMs: 11_000,
  sizeOf,
  minimumWork,
  describe: ({ durationMs }) =>
    `${INVOICES} invoice pages of ${LINES} lines asked for during ${durationMs.toLocaleString('en-US')} ms, one worker killed half-way`,
  variants,
  check,
  measuresOf: ({
    answered,
    seconds,
    undisturbedPerSecond,
    failed,
    latencyP50Ms,
    latencyP99Ms,
    recoveryMs,
    healthP99Ms,
  }) => ({
    requestsPerSecond: answered / seconds,
    undisturbedPerSecond,
    latencyP50Ms,
    latencyP99Ms,
    failedRequests: failed,
    recoveryMs,
    loopDelayP99Ms: healthP99Ms,
  }),
});
