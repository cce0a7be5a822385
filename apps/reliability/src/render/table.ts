// The tables of the terminal: one for each check.
import Table from 'cli-table3';
import type { CheckResult } from '../result.ts';

export function checkText({ title, target, rows, isMet }: CheckResult): string {
  const columns = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))];
  const table = new Table({ head: [...columns, ''], style: { head: [], border: [], compact: true } });
  for (const { figures, isMet } of rows) {
    table.push([...columns.map((column) => figures[column] ?? ''), isMet ? '\u2713' : '\u2717']);
  }
  const problems = rows.flatMap(({ figures, problem }) =>
    problem === undefined ? [] : [`  ${Object.values(figures).slice(0, 2).join(', ')}: ${problem}`],
  );
  return [`${title}: ${isMet ? 'met' : 'MISSED'} (${target})`, table.toString(), ...problems, ''].join('\n');
}
