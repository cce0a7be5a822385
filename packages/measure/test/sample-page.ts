/** A page as the apps make it, with every kind of section. The figures are made up; nothing but looks depends on them. */
import { deflateSync } from 'node:zlib';
import type { Cell, Page } from '../src/index.ts';

const KINDS = ['inline', 'threads', 'processes', 'native, one thread', 'native, all threads', 'processes, native'];

const SPEEDUPS: Record<string, (number | null)[]> = {
  'fetch-many': [1, 0.024, 0.11, null, null, null],
  minify: [1, 1.82, 1.74, null, null, null],
  'sort-reduce': [1, 1.71, 0.88, 9.6, 16.9, 4.2],
  'responsive-loop': [1, 1.0, 0.99, null, 1.02, 0.97],
  'n-body': [1, 1.93, 1.84, 6.1, 12.2, 11.4],
  'monte-carlo': [1, 1.95, 1.91, 11.8, 23.4, 22.1],
  mandelbrot: [1, 1.96, 1.88, 12.9, 25.1, 23.8],
};

export function samplePage(evil = 'mandelbrot'): Page {
  const workloads = Object.keys(SPEEDUPS);
  const names = workloads.map((name) => (name === 'mandelbrot' ? evil : name));
  const cell = (value: number | null, row: (number | null)[]): Cell => {
    if (value === null) return null;
    const winner = value === Math.max(...row.map((one) => one ?? 0));
    const detail = value === 1 ? 'base' : `${(value * 0.96).toPrecision(3)}–${(value * 1.05).toPrecision(3)}`;
    return { text: `${value.toPrecision(3)}×`, detail, mark: value === 1 ? 'same' : 'ok', winner };
  };
  return {
    title: 'Threads or processes?',
    subtitle:
      'Seven workloads on every backend, measured side by side on this machine. Speed-ups are over `inline`, plain JavaScript on the main thread.',
    card: {
      cpu: { model: 'Intel(R) Xeon(R) Processor @ 2.60GHz', simd: 'avx512' },
      cores: { logical: 8, allowed: 2, quota: 2 },
      memory: { totalBytes: 16 * 2 ** 30, limitBytes: 4 * 2 ** 30, availableBytes: 2.7 * 2 ** 30 },
      node: { version: 'v20.20.2', platform: 'linux', arch: 'x64' },
      date: '2026-11-20T14:03:22.000Z',
      loadBefore: { one: 0.32, five: 0.4, fifteen: 0.38, pressureCpu10: 1.2 },
    },
    seriesOrder: KINDS,
    sections: [
      { kind: 'heading', text: 'Price list', lead: 'What threads and processes cost here before they do any work.' },
      {
        kind: 'keyFigures',
        figures: [
          {
            label: 'Start to first result',
            values: [
              { of: 'threads', value: '46 ms', best: true },
              { of: 'processes', value: '61 ms' },
            ],
            note: 'From `createPool` to the first answer.',
          },
          {
            label: 'One small task there and back',
            values: [
              { of: 'threads', value: '13.8 µs', best: true },
              { of: 'processes', value: '16.9 µs' },
            ],
          },
          {
            label: '8 MiB there and back, copied',
            values: [
              { of: 'threads', value: '10.4 ms', best: true },
              { of: 'processes', value: '25.3 ms' },
            ],
          },
          {
            label: '8 MiB there and back, shared',
            values: [
              { of: 'threads', value: '0.04 ms', best: true },
              { of: 'processes', value: 'not possible' },
            ],
          },
          {
            label: 'Memory per worker',
            values: [
              { of: 'threads', value: '9.1 MiB', best: true },
              { of: 'processes', value: '12.6 MiB' },
            ],
            note: 'Proportional set size over the process tree.',
          },
          {
            label: 'What survives a crash',
            values: [
              { of: 'threads', value: 'nothing: the host dies too' },
              { of: 'processes', value: 'all other tasks', best: true },
            ],
          },
        ],
      },
      {
        kind: 'heading',
        text: 'Summary',
        lead: 'Speed-up over inline with its 95 % interval; the best of each row is highlighted.',
      },
      {
        kind: 'table',
        caption: 'Workload by backend',
        columns: [{ text: 'Workload' }, ...KINDS],
        rows: workloads.map((name, index) => [
          {
            text: names[index]!,
            detail: name === 'mandelbrot' ? '2,048 × 1,152 px, up to 256 iterations' : '500 items',
          },
          ...SPEEDUPS[name]!.map((value, column) =>
            name === 'minify' && column === 2
              ? { text: 'failed', mark: 'failed' as const, detail: 'SIGSEGV' }
              : cell(value, SPEEDUPS[name]!),
          ),
        ]),
        note: 'A check mark means: the result agrees with an independent computation and with the other backends.',
      },
      {
        kind: 'chart',
        title: 'Speed-up over inline',
        description: 'Each bar is the ratio of medians, the thin line its 95 % interval.',
        chart: {
          type: 'groupedBars',
          scale: 'log',
          unit: '×',
          reference: { value: 1, label: 'as fast as inline' },
          groups: names,
          series: KINDS.slice(1).map((name, column) => ({
            name,
            values: workloads.map((workload) => {
              const value = SPEEDUPS[workload]![column + 1] ?? null;
              return value === null ? null : { value, low: value * 0.9, high: value * 1.12 };
            }),
          })),
        },
      },
      { kind: 'heading', text: 'Answers' },
      {
        kind: 'answers',
        title: evil,
        answers: [
          {
            question: 'Fastest',
            answer: 'native, all threads',
            reason: '25.1 times as fast as inline (24.0 to 26.4), 1.05 times as fast as the next.',
          },
          {
            question: 'Fastest that survives a crash',
            answer: 'processes, native',
            reason: '23.8 times as fast as inline; a crash costs one worker, not the program.',
          },
          {
            question: 'Lightest on memory and main loop',
            answer: 'native, one thread',
            reason: '48 MiB at most, main loop late by 0.4 ms (p99).',
          },
        ],
        aside:
          'The textbook says threads for work that shares memory; here native threads are 12.8 times as fast as JavaScript threads.',
      },
      { kind: 'heading', text: 'In detail' },
      {
        kind: 'heading',
        level: 3,
        text: evil,
        lead: 'Stands for rendering: tiles of a picture that need nothing of each other.',
      },
      {
        kind: 'prose',
        text: [
          'Seven rounds of each backend, in rotated order. Start with `heddle compare mandelbrot`.',
          'Memory is the peak over the process tree of each runner.',
        ],
      },
      {
        kind: 'chart',
        title: `${evil}: time of a round`,
        chart: {
          type: 'bars',
          unit: ' ms',
          bars: KINDS.map((label, index) => {
            const value = 302 / (SPEEDUPS['mandelbrot']![index] ?? 1);
            return { label, value, low: value * 0.93, high: value * 1.09 };
          }),
        },
      },
      {
        kind: 'chart',
        title: 'Sort, f64: time by size',
        description: 'Native wins from 2,100 elements.',
        chart: {
          type: 'lines',
          unit: ' ns',
          xLabel: 'elements',
          yLabel: 'time per element',
          series: ['core-js', 'native, one thread', 'native, all threads'].map((name, place) => ({
            name,
            points: [1e2, 1e3, 1e4, 1e5, 1e6, 1e7].map((x, index) => {
              const value = [40 + index * 12, 90 / (1 + index * 4) + 4, 300 / (1 + index ** 3) + 2.4][place]!;
              return { x, value, low: value * 0.9, high: value * 1.15 };
            }),
          })),
          marks: [{ x: 2100, label: 'native wins' }],
        },
      },
      {
        kind: 'images',
        images: [
          {
            png: samplePng(320, 180),
            alt: `Picture of ${evil}`,
            caption: `${evil}.png, made by \`native, all threads\``,
          },
          { png: samplePng(320, 180), alt: 'The same', caption: 'The same by inline' },
        ],
      },
      {
        kind: 'details',
        summary: 'All figures and failures',
        sections: [
          {
            kind: 'table',
            caption: 'Rounds',
            columns: ['Backend', { text: 'Median', detail: 'ms' }, 'Spread', 'Memory'],
            rows: KINDS.map((kind, index) => [kind, 300 / (index + 1), '2.1 %', '48 MiB']),
          },
          {
            kind: 'code',
            caption: 'minify in processes',
            text: `RunnerDiedError: the runner of "processes" was ended by SIGSEGV\n    at ${evil} (file:3:14)`,
          },
        ],
      },
    ],
    data: { evil, note: '</script><script>alert(1)</script>' },
  };
}

/** A small grey-scale PNG: a wave, made by hand so that no picture lies in the repository. */
export function samplePng(width: number, height: number): Uint8Array {
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      rows[y * (width + 1) + 1 + x] = 128 + 100 * Math.sin(x / 17 + Math.sin(y / 13) * 2) * Math.cos(y / 23);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8; // bits per sample; the rest, 0, is grey-scale without interlace
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(content.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** CRC of the PNG specification, bit by bit. */
function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
