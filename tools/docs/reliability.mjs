// docs/reliability.md: what was measured of every promise that concerns pools, from committed runs of the reliability command.
import { machineLine } from './figures.mjs';

/** Checks as chapters, in the order of the command. */
function chapter({ title, target, method, rows }) {
  const columns = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))];
  const line = ({ figures, isMet }) =>
    `| ${columns.map((column) => cell(figures[column])).join(' | ')} | ${isMet ? 'met' : '**missed**'} |`;
  const missed = rows.filter(({ problem }) => problem !== undefined);
  return `### ${title}

Target: ${target}.

| ${columns.join(' | ')} | |
|${' --- |'.repeat(columns.length + 1)}
${rows.map(line).join('\n')}
${missed.map(({ figures, problem }) => `\n- ${Object.values(figures).slice(0, 2).join(', ')}: ${problem.split('\n', 1)[0]}`).join('')}
${method}
`;
}

function cell(figure) {
  if (figure === undefined) return '';
  return typeof figure === 'number' ? figure.toLocaleString('en-US') : figure.replaceAll('|', '\\|');
}

const CELLS = { inline: 'inline', threads: 'threads', processes: 'processes' };

/** Fault by backend, in words only; the figures follow with the check. */
function faultMatrix({ rows }) {
  const faults = [...new Set(rows.map(({ figures }) => figures.fault))];
  const sees = (fault, backend) =>
    rows.find(({ figures }) => figures.fault === fault && figures.backend === backend)?.figures['the caller sees'] ??
    '';
  return `| a task that | ${Object.values(CELLS).join(' | ')} |
| --- | --- | --- | --- |
${faults
  .map(
    (fault) =>
      `| ${fault} | ${Object.keys(CELLS)
        .map((backend) => sees(fault, backend))
        .join(' | ')} |`,
  )
  .join('\n')}
`;
}

function verdicts(runs) {
  const head = runs.map(({ card }) => `Node ${card.node.version.replace(/^v/, '')}`).join(' | ');
  const ids = runs[0].checks.map(({ id }) => id);
  const of = (run, id) => {
    const check = run.checks.find((one) => one.id === id);
    if (check === undefined) return 'not run';
    const missed = check.rows.filter(({ isMet }) => !isMet).length;
    return missed === 0
      ? `met, ${check.rows.length} of ${check.rows.length}`
      : `**missed**, ${check.rows.length - missed} of ${check.rows.length}`;
  };
  const line = (id) => {
    const { title, target } = runs[0].checks.find((check) => check.id === id);
    return `| ${title} | ${target} | ${runs.map((run) => of(run, id)).join(' | ')} |`;
  };
  return `| what | target | ${head} |
| --- | --- |${' --- |'.repeat(runs.length)}
${ids.map(line).join('\n')}
`;
}

function chapters(run) {
  const { checks, card } = run;
  const { one } = card.loadBefore;
  return `## Node ${card.node.version.replace(/^v/, '')}

${machineLine({ card, workers: 2 })}. Load when it began: ${one.toFixed(1)} on ${card.cores.allowed} cores${one > card.cores.allowed / 2 ? ' (others used the machine: times are worse than they would be alone, counts are not)' : ''}.

${checks.map(chapter).join('\n')}`;
}

export function reliability({ runs }) {
  const faults = runs.flatMap(({ checks }) => checks).find(({ id }) => id === 'faults');
  if (faults === undefined) throw new Error(`docs/results/reliability.json holds no check 'faults'`);
  return `# Reliability

<!-- Written by tools/generate-docs.mjs from docs/results/reliability.json: edit tools/docs/reliability.mjs. -->

What a pool does when tasks, workers and programs fail: measured by committing each fault for real, in throw-away programs
that keep their own books. \`npm run reliability\` measures it here, \`--quick\` in about a minute; \`npm test\` holds the outcomes,
without the times.

${verdicts(runs)}
## What becomes of a fault

Where the host lives, every other task finishes, the pool goes on, and it closes. \`host:\` means that the program itself ends, and how:
no library can hold what a thread shares with its program. Use \`processes\` for code that may do so.

${faultMatrix(faults)}
${runs.map(chapters).join('\n')}`;
}
