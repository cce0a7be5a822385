// The report of a result that is a count with notes in words, some of them hostile.
import { readFileSync } from 'node:fs';
import { machineCard, summarize } from '@heddle/measure';
import { expect, test } from 'vitest';
import { writeReport } from '../src/compare/report.ts';
import type { KindOutcome, WorkloadResult } from '../src/compare/result.ts';
import { notesTable, summaryTable } from '../src/render/table.ts';
import { scratchDir } from './heddle.ts';

const HOSTILE = '<img src=x onerror=alert(1)>';

function outcome(kind: KindOutcome['kind'], survived: number, text: string): KindOutcome {
  const samples = [survived];
  const decided = summarize(samples);
  return { kind, state: 'equal', samples, decided, measures: { survived: decided }, notes: { [HOSTILE]: text } };
}

const survived = { key: 'survived', label: 'hazards survived', unit: 'of 6', better: 'higher', isCount: true } as const;
const result: WorkloadResult = {
  name: 'hazard-lab',
  title: 'Hazards',
  standsFor: 'fault tolerance',
  textbookRule: '',
  textbookExpects: ['processes'],
  size: '6 hazards',
  rounds: 1,
  decides: survived,
  measures: [survived],
  kinds: [outcome('inline', 1, `dies of ${HOSTILE}`), outcome('processes', 6, 'nobody dies')],
  verdict: {
    fastest: { kinds: ['processes'], sentence: 'hazards survived' },
    survivesCrash: { kinds: ['processes'], sentence: '' },
    lightest: { kinds: [], sentence: '' },
  },
  artifacts: {},
  wasInterrupted: false,
};

test('counts and notes are in the tables, and every note is text', async () => {
  expect(summaryTable([result])).toMatch(/hazard-lab \(hazards survived\) .* 1 of 6 .* 6 of 6 /);
  expect(notesTable(result)).toContain('nobody dies');
  const dir = scratchDir();
  const other = { ...result, name: 'other' };
  await writeReport(dir, { card: machineCard(), noise: 0.01, workers: 2, prices: [], results: [result, other] });
  const html = readFileSync(`${dir}/report.html`, 'utf8');
  expect(html).not.toContain('<img src=x');
  expect(html).toContain('dies of &lt;img src=x');
  expect(html).toContain('6 of 6');
});
