import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CALIBRATION_BYTES_MAX,
  CALIBRATION_HOLDS_MS,
  calibrationFileName,
  corrected,
  readCalibration,
  writeCalibration,
  type Calibration,
} from '@heddle/advisor';

const NOW = 1_800_000_000_000;
const KEY = { node: 'v20.20.0', platform: 'linux', arch: 'x64', cpu: 'AMD EPYC 9B14', cores: 2 };
const MADE: Calibration = {
  key: KEY,
  madeAt: NOW - 1_000,
  costs: {
    inline: { callerMs: 0.003 },
    threads: { startMs: 50, callerMs: 0.0065, latencyMs: 0.025, memoryMiB: 15, batchedCallerMs: 0.0013 },
    processes: { startMs: 75 },
  },
  cloneMsPerMiB: 0.7,
};
const problemOf = (text: string, now = NOW) => (readCalibration(text, KEY, now) as { problem?: string }).problem;
/** As JSON has it, to be broken. */
type Raw = Record<string, unknown> & {
  readonly key: Record<string, unknown>;
  readonly costs: { inline: Record<string, unknown>; threads?: Record<string, unknown> };
};
const changed = (change: (raw: Raw) => void) => {
  const raw = JSON.parse(writeCalibration(MADE)) as Raw;
  change(raw);
  return JSON.stringify(raw);
};

describe('a calibration that was kept', () => {
  it('comes back as it was, with what it does not know left out', () => {
    expect(readCalibration(writeCalibration(MADE), KEY, NOW)).toEqual({ calibration: MADE });
    expect(writeCalibration(MADE).length).toBeLessThan(CALIBRATION_BYTES_MAX / 10);
  });

  it.each([
    ['nothing', '', 'not JSON'],
    ['half of it', writeCalibration(MADE).slice(0, 100), 'not JSON'],
    ['a list', '[]', 'not a calibration'],
    ['null', 'null', 'not a calibration'],
    ['something else', '{"version":1}', 'not a calibration'],
    ['too much', ' '.repeat(CALIBRATION_BYTES_MAX + 1), 'too long'],
    ['another version', changed((raw) => (raw.version = 2)), 'version 2'],
    ['a time that is none', changed((raw) => (raw.madeAt = 'today')), 'not a calibration'],
    ['a backend less', changed((raw) => delete raw.costs.threads), 'not a calibration'],
    ['a number that can not be', changed((raw) => (raw.costs.threads!.startMs = -1)), 'costs.threads.startMs is -1'],
    ['a text for a number', changed((raw) => (raw.costs.inline.callerMs = '1')), 'costs.inline.callerMs is "1"'],
    ['a number that nobody knows', changed((raw) => (raw.costs.inline.speed = 1)), 'costs.inline.speed is 1'],
    ['copies for nothing', changed((raw) => (raw.cloneMsPerMiB = 0)), 'cloneMsPerMiB is 0'],
    ['another Node', changed((raw) => (raw.key.node = 'v24.0.0')), 'another machine: node "v24.0.0", here "v20.20.0"'],
    ['another processor', changed((raw) => (raw.key.cpu = 'M1')), 'another machine: cpu "M1"'],
    ['another quota', changed((raw) => (raw.key.cores = 4)), 'another machine: cores 4, here 2'],
    ['no processor', changed((raw) => delete raw.key.cpu), 'another machine: cpu missing'],
  ])('is not believed: %s', (_what, text, problem) => {
    expect(problemOf(text)).toContain(problem);
  });

  it('is not believed when it is stale or from the future', () => {
    const text = writeCalibration(MADE);
    expect(problemOf(text, MADE.madeAt + CALIBRATION_HOLDS_MS)).toBeUndefined();
    expect(problemOf(text, MADE.madeAt + CALIBRATION_HOLDS_MS + 1)).toContain('older than 30 days');
    expect(problemOf(text, MADE.madeAt - 60_000)).toBeUndefined();
    expect(problemOf(text, MADE.madeAt - 60_001)).toContain('from the future');
  });

  it('never throws, and what it believes is finite', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(problemOf(text)).toEqual(expect.any(String));
      }),
    );
    const names = ['startMs', 'callerMs', 'latencyMs', 'memoryMiB'] as const;
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.jsonValue(), (name, value) => {
        const verdict = readCalibration(
          changed((raw) => (raw.costs.threads![name] = value)),
          KEY,
          NOW,
        );
        if ('problem' in verdict) return;
        expect(verdict.calibration.costs.threads[name]).toBeGreaterThan(0);
        expect(verdict.calibration.costs.threads[name]).toBeLessThan(Infinity);
      }),
    );
  });
});

describe('a correction', () => {
  it('goes toward what was measured, down sooner than up, and never beyond', () => {
    expect(corrected(100, 50)).toBe(75);
    expect(corrected(100, 150)).toBe(105);
    expect(corrected(100, 1e9)).toBe(110);
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 6e4, noNaN: true }),
        fc.double({ min: 0.1, max: 6e4, noNaN: true }),
        (known, measured) => {
          const next = corrected(known, measured);
          expect(next).toBeGreaterThanOrEqual(Math.min(known, measured));
          expect(next).toBeLessThanOrEqual(Math.max(known, measured));
        },
      ),
    );
  });

  it('comes near the truth from either side', () => {
    let [low, high] = [10, 1_000];
    for (let run = 0; run < 100; run++) [low, high] = [corrected(low, 100), corrected(high, 100)];
    expect(low).toBeCloseTo(100, 0);
    expect(high).toBeCloseTo(100, 0);
  });
});

it('has a file name of its own for each machine, whatever its processor is called', () => {
  expect(calibrationFileName(KEY)).toBe('calibration-v20.20.0-linux-x64-amd-epyc-9b14-2.json');
  const hostile = calibrationFileName({ ...KEY, cpu: '../../etc/passwd\0'.repeat(50) });
  expect(hostile).toMatch(/^calibration-[a-z0-9.-]{1,120}\.json$/);
  expect(hostile).not.toContain('/');
});
