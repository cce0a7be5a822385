// The documents say what is so: generated parts equal the committed results, links lead somewhere, the example runs.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { dispatch } from '../docs/dispatch.mjs';
import { measuredTable } from '../docs/measured-table.mjs';
import { threadsOrProcesses } from '../docs/threads-or-processes.mjs';

const root = path.resolve(import.meta.dirname, '../..');

test('generated documents are what docs/results gives', () => {
  const args = [path.join(root, 'tools/generate-docs.mjs'), '--check'];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
});

describe('documents from a run that measured crashes and a service', () => {
  const committed = JSON.parse(fs.readFileSync(path.join(root, 'docs/results/compare.json'), 'utf8'));
  const measures = (values: Record<string, number>) =>
    Object.fromEntries(Object.entries(values).map(([key, median]) => [key, { median }]));
  const lab = {
    name: 'hazard-lab',
    standsFor: 'fault tolerance',
    size: '6 hazards',
    rounds: 1,
    decides: { key: 'survived', label: 'hazards survived', unit: 'of 6', isCount: true },
    measures: [],
    kinds: [1, 5, 6].map((survived, at) => ({
      kind: ['inline', 'threads', 'processes'][at],
      state: 'equal',
      decided: { median: survived },
      measures: measures({
        survived,
        innocentsLost: 6 - survived,
        slowestRecoveryMs: 12.34,
        updatesLost: 1e6 * survived,
      }),
      notes: { 'a task aborts': `seen ${survived}`, 'shared counter: plainly': `lost by ${survived}` },
    })),
    verdict: { fastest: { kinds: ['processes'], sentence: '' } },
  };
  const service = {
    ...lab,
    name: 'http-service',
    decides: { key: 'requestsPerSecond', label: 'good answers', unit: 'requests/s' },
    measures: [{ key: 'latencyP99Ms', label: 'latency p99', unit: 'ms' }],
    kinds: [
      {
        kind: 'cluster',
        state: 'equal',
        speedup: { ratio: 2.5 },
        measures: measures({ requestsPerSecond: 512.3, failedRequests: 4, loopDelayP99Ms: 9, latencyP99Ms: 77.7 }),
      },
    ],
  };
  const others = committed.results.filter(({ name }: { name: string }) => ![lab.name, service.name].includes(name));

  test('have the rows and figures of both', () => {
    const comparison = { ...committed, results: [...others, service, lab] };
    const page = threadsOrProcesses(comparison);
    expect(page).toContain('| a task aborts | seen 1 | seen 5 | seen 6 |');
    expect(page).toContain(
      '[sharing state](sharing-state.md).\n\n| | inline | threads | processes |\n| --- | --- | --- | --- |\n' +
        '| shared counter: plainly | lost by 1 | lost by 5 | lost by 6 |\n\n',
    );
    expect(page).toContain('add plainly: inline 1,000,000, threads 5,000,000, processes 6,000,000.');
    expect(page).toContain('hazards survived: inline 1 of 6, threads 5 of 6, processes 6 of 6;');
    expect(page).toContain('| cluster | 77.7 ms |');
    expect(page).toContain('good answers per second: cluster 512;');
    expect(measuredTable(comparison)).toMatch(
      /hazard-lab \(hazards survived\) \| 1 of 6 \| 5 of 6 \| \*\*6 of 6\*\* \|/,
    );
  });

  test('say nothing of shared state where that was not measured', () => {
    const kinds = lab.kinds.map((kind) => ({
      ...kind,
      measures: measures({ survived: 6, innocentsLost: 0, slowestRecoveryMs: 12.34 }),
      notes: { 'a task aborts': 'seen' },
    }));
    const page = threadsOrProcesses({ ...committed, results: [...others, service, { ...lab, kinds }] });
    expect(page).toContain('| a task aborts | seen | seen | seen |');
    expect(page).not.toMatch(/share state|updates are lost/i);
  });

  test('say nothing of what was not measured', () => {
    const page = threadsOrProcesses({ ...committed, results: others });
    expect(page).not.toMatch(/hazard-lab|http-service|undefined|NaN/);
  });
});

describe('the document of a run of pools', () => {
  const committed = JSON.parse(fs.readFileSync(path.join(root, 'docs/results/kernels.json'), 'utf8'));
  const perSecond = { key: 'perSecond', label: 'rate', unit: 'tasks/s', better: 'higher', target: 1e6, floor: 6e6 };
  const right = (name: string, key: string, median: number, ratio?: number, width = 0) => ({
    name,
    label: name,
    state: 'right',
    figures: {
      [key]: {
        summary: { median, relativeSpread: 0.1 },
        ...(ratio === undefined ? {} : { heddleIs: { ratio, low: ratio - width, high: ratio + width } }),
      },
    },
  });
  const problem = '1 of 9 results are wrong: no sum';
  const cases = [
    {
      id: 'flood-threads',
      about: 'Many calls.',
      floorOf: 'a ring',
      figures: [perSecond],
      contestants: [
        right('heddle-threads', 'perSecond', 2e6),
        right('piscina', 'perSecond', 5e4, 40, 5),
        right('tinypool-threads', 'perSecond', 2e6, 1.01, 0.1),
        right('poolifier-threads', 'perSecond', 4e7, 0.05, 0.01),
        { ...right('workerpool-threads', 'perSecond', 9e6), state: 'wrong', problem },
      ],
    },
    {
      id: 'map-inline',
      about: 'A map.',
      figures: [{ ...perSecond, target: { of: 'plain-loop', share: 0.5 }, floor: undefined }],
      contestants: [right('heddle-inline', 'perSecond', 3e6), right('plain-loop', 'perSecond', 9e6, 0.33, 0.01)],
    },
  ];
  const names = cases.flatMap(({ contestants }) => contestants.map(({ name }) => name));
  const contestants = Object.fromEntries(
    names.map((name) => [name, { label: `the ${name}`, version: '1.2.3', setting: 'two of them' }]),
  );
  const page = dispatch({ card: committed.card, noise: 0.01, contestants, cases });

  test('compares heddle with each of the others, with its target', () => {
    expect(page).toContain('| case | figure | heddle | target | floor | the piscina | the tinypool-threads |');
    expect(page).toContain(
      '| flood-threads | rate | 2,000,000 tasks/s ±5 % | ≥ 1,000,000 tasks/s, reached | 6,000,000 tasks/s | **40.0x** | ≈ 1.01x | 0.050x | wrong |',
    );
    expect(page).toContain('| map-inline | rate | 3,000,000 tasks/s ±5 % | ≥ 4,500,000 tasks/s, missed |  | 0.33x |');
    expect(page).toContain(`- flood-threads, workerpool-threads, wrong: ${problem}`);
    expect(page).toContain('| the piscina | 1.2.3 | two of them |');
    expect(page).not.toMatch(/undefined|NaN|## Processes/);
  });

  test('names no target that depends on somebody who failed', () => {
    const [heddle, loop] = cases[1]!.contestants;
    const failed = { ...loop, state: 'failed', problem: 'it died', figures: {} };
    const page = dispatch({
      card: committed.card,
      noise: 0.01,
      contestants,
      cases: [{ ...cases[1], contestants: [heddle, failed] }],
    });
    expect(page).toContain('| map-inline | rate | 3,000,000 tasks/s ±5 % |  |  | failed |');
    expect(page).toContain('- map-inline, plain-loop, failed: it died');
  });
});

function markdownFiles(): string[] {
  const { stdout } = spawnSync('git', ['ls-files', '*.md'], { cwd: root, encoding: 'utf8' });
  return stdout.split('\n').filter(Boolean);
}

/** The anchor that a heading gets on the usual hosts. */
const anchorOf = (heading: string) =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');

describe('links to files and headings of this repository lead somewhere', () => {
  test.each(markdownFiles())('%s', (file) => {
    const text = fs.readFileSync(path.join(root, file), 'utf8').replaceAll(/```[\s\S]*?```/g, '');
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
    const broken = links.filter((link) => {
      if (/^[a-z]+:/.test(link)) return false;
      const [target, anchor] = link.split('#') as [string, string?];
      const resolved = target === '' ? path.join(root, file) : path.resolve(root, path.dirname(file), target);
      if (!fs.existsSync(resolved)) return true;
      if (anchor === undefined || !resolved.endsWith('.md')) return false;
      const headings = [...fs.readFileSync(resolved, 'utf8').matchAll(/^#+ (.*)$/gm)];
      return !headings.some(([, heading]) => anchorOf(heading!) === anchor);
    });
    expect(broken).toEqual([]);
  });
});

test("the README's example runs as it stands", () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'heddle-readme-'));
  onTestFinished(() => fs.rmSync(dir, { recursive: true, force: true }));
  fs.symlinkSync(path.join(root, 'node_modules'), path.join(dir, 'node_modules'));
  const [, example] = /```js\n([\s\S]*?)```/.exec(fs.readFileSync(path.join(root, 'README.md'), 'utf8'))!;
  fs.writeFileSync(path.join(dir, 'example.mjs'), example!);
  fs.writeFileSync(
    path.join(dir, 'tasks.mjs'),
    `export function countPrimes(limit) {
       const isComposite = new Uint8Array(limit);
       let count = 0;
       for (let n = 2; n < limit; n++) {
         if (isComposite[n]) continue;
         count++;
         for (let multiple = n * n; multiple < limit; multiple += n) isComposite[multiple] = 1;
       }
       return count;
     }\n`,
  );
  const { status, stdout, stderr } = spawnSync(process.execPath, ['example.mjs'], { cwd: dir, encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(stdout).toBe('78498\n0 1229\n1 9592\n2 78498\n');
  expect(status).toBe(0);
});
