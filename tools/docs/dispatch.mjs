// docs/dispatch.md: heddle's pools beside those of others, from a committed run of the bench's suite `dispatch`.
import { machineLine, significant, times } from './figures.mjs';

const BACKENDS = { threads: 'Threads', processes: 'Processes', inline: 'Inline' };
const WORKERS = 2;

const isHeddle = ({ name }) => name.startsWith('heddle-');
const backendOf = ({ id }) => id.split('-').at(-1);
const figure = (value, unit) => `${significant(value)} ${unit}`;

/** "**2.06x**" where heddle is ahead, "≈ 1.02x" where the interval leaves it open, plain where it is behind. */
function ratio(contestant, key) {
  if (contestant === undefined) return '';
  if (contestant.state !== 'right') return contestant.state;
  const heddleIs = contestant.figures[key]?.heddleIs;
  if (heddleIs === undefined) return '';
  const text = heddleIs.ratio < 0.1 ? `${heddleIs.ratio.toPrecision(2)}x` : times(heddleIs.ratio);
  if (heddleIs.low > 1) return `**${text}**`;
  return heddleIs.high < 1 ? text : `≈ ${text}`;
}

function targetCell({ key, target, better, unit }, { contestants }) {
  if (target === undefined) return '';
  const of = contestants.find(({ name, state }) => name === target.of && state === 'right');
  const limit = typeof target === 'number' ? target : of?.figures[key]?.summary.median * target.share;
  // It depends on somebody who was not measured.
  if (Number.isNaN(limit)) return '';
  const heddle = contestants.find(isHeddle);
  const limitText = `${better === 'lower' ? '≤' : '≥'} ${figure(limit, unit)}`;
  if (heddle.state !== 'right') return limitText;
  const { median } = heddle.figures[key].summary;
  return `${limitText}, ${(better === 'lower' ? median <= limit : median >= limit) ? 'reached' : 'missed'}`;
}

/** One table: a row for each figure of each case, a column for each of the others. */
function backendTable(cases, names, labels) {
  const rows = cases.flatMap((one) =>
    one.figures.map((item) => {
      const heddle = one.contestants.find(isHeddle);
      const measured = heddle.state === 'right' ? heddle.figures[item.key] : undefined;
      const own = measured
        ? `${figure(measured.summary.median, item.unit)} ±${Math.round((measured.summary.relativeSpread / 2) * 100)} %`
        : heddle.state;
      const others = names.map((name) =>
        ratio(
          one.contestants.find((other) => other.name === name),
          item.key,
        ),
      );
      const floor = item.floor === undefined ? '' : figure(item.floor, item.unit);
      return `| ${[one.id, item.label, own, targetCell(item, one), floor, ...others].join(' | ')} |`;
    }),
  );
  const head = ['case', 'figure', 'heddle', 'target', 'floor', ...names.map((name) => labels[name])];
  return [`| ${head.join(' | ')} |`, `|${' --- |'.repeat(head.length)}`, ...rows].join('\n');
}

export function dispatch(run) {
  const labels = Object.fromEntries(Object.entries(run.contestants).map(([name, { label }]) => [name, label]));
  const sections = Object.entries(BACKENDS).flatMap(([backend, title]) => {
    const cases = run.cases.filter((one) => backendOf(one) === backend);
    if (cases.length === 0) return [];
    const took = new Set(cases.flatMap(({ contestants }) => contestants.map(({ name }) => name)));
    const names = Object.keys(run.contestants).filter((name) => took.has(name) && !isHeddle({ name }));
    return [`## ${title}\n\n${backendTable(cases, names, labels)}`];
  });
  const questions = run.cases.map(({ id, about, floorOf }) => `| ${id} | ${about} | ${floorOf ?? ''} |`);
  const settings = Object.values(run.contestants).map(
    ({ label, version, setting }) => `| ${label} | ${version ?? ''} | ${setting} |`,
  );
  const problems = run.cases.flatMap(({ id, contestants }) =>
    contestants
      .filter(({ problem }) => problem !== undefined)
      .map(({ label, state, problem }) => `- ${id}, ${label}, ${state}: ${problem.split('\n', 1)[0]}`),
  );
  return `# Pools beside other pools

<!-- Written by tools/generate-docs.mjs from docs/results/dispatch.json: edit tools/docs/dispatch.mjs. -->

What a task costs in heddle's pools, and how many times better that is than in others: 2.00x is half the time, or twice the
rate. **Bold**: heddle is ahead with its whole 95 % interval; ≈: the run doesn't tell them apart. ${machineLine({ card: run.card, workers: WORKERS })};
noise of the machine ${(run.noise * 100).toFixed(1)} %.

${sections.join('\n\n')}
${problems.length === 0 ? '' : `\nNot compared:\n\n${problems.join('\n')}\n`}
Every contestant's figure, with spread and interval: [results/dispatch.json](results/dispatch.json).

## What is asked

| case | what is done | floor: measured without a pool |
| --- | --- | --- |
${questions.join('\n')}

## Settings

Each contestant in its own best, by its documentation; all have two workers.

| contestant | version | setting |
| --- | --- | --- |
${settings.join('\n')}

## Method

- Each contestant lives in a process of its own for a whole case; rounds alternate between them in changing order, medians of
  at least five rounds after a warm-up. No collection is forced.
- Every result is looked at. Wrong values are shown as such, and are not compared.
- Fresh programs start without \`NODE_EXTRA_CA_CERTS\`, whose certificates Node 20 reads in every process that starts.
- The machine is shared: the ratio of one run is firm, an absolute figure is not. Floors were measured once, on a faster one.

\`npm run bench -- --suite dispatch\` measures it here; \`--only flood\` one question, \`--quick\` a short look.
`;
}
