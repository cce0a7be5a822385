// docs/sync.md: heddle's locks and channels beside others, from a committed run of the bench's suite `sync`.
import { machineLine, significant, times } from './figures.mjs';

const TITLES = {
  mutex: 'Mutex',
  'rw-lock': 'Lock of readers and writers',
  semaphore: 'Semaphore',
  channel: 'Channel',
  barrier: 'Barrier',
  processes: 'Between processes',
};
const groupOf = ({ id }) => Object.keys(TITLES).find((group) => id.startsWith(`${group}-`));

/** "120 ns ±3 %", or what became of it. */
function figure({ state, summary }, { unit }) {
  if (state !== 'right') return state;
  return `${significant(summary.median)} ${unit} ±${Math.round((summary.relativeSpread / 2) * 100)} %`;
}

/** "**2.06x** (1.90 to 2.21)" where heddle is ahead, "≈ 1.02x (…)" where the interval leaves it open, plain where it is behind. */
function ratio({ heddleIs }) {
  if (heddleIs === undefined) return '';
  const text = heddleIs.ratio < 0.1 ? `${heddleIs.ratio.toPrecision(2)}x` : times(heddleIs.ratio);
  const interval = `(${significant(heddleIs.low)} to ${significant(heddleIs.high)})`;
  if (heddleIs.low > 1) return `**${text}** ${interval}`;
  return heddleIs.high < 1 ? `${text} ${interval}` : `≈ ${text} ${interval}`;
}

function groupTable(cases) {
  const rows = cases.flatMap(({ id, figure: item, contestants }) =>
    contestants.map((one) => `| ${[id, one.label, figure(one, item), ratio(one)].join(' | ')} |`),
  );
  return ['| case | | figure | heddle is |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

export function sync(run) {
  const sections = Object.entries(TITLES).flatMap(([group, title]) => {
    const cases = run.cases.filter((one) => groupOf(one) === group);
    return cases.length === 0 ? [] : [`## ${title}\n\n${groupTable(cases)}`];
  });
  const questions = run.cases.map(({ id, about }) => `| ${id} | ${about} |`);
  const settings = Object.values(run.contestants).map(
    ({ label, version, setting }) => `| ${label} | ${version ?? ''} | ${setting} |`,
  );
  const problems = run.cases.flatMap(({ id, contestants }) =>
    contestants
      .filter(({ problem }) => problem !== undefined)
      .map(({ label, state, problem }) => `- ${id}, ${label}, ${state}: ${problem.split('\n', 1)[0]}`),
  );
  const counts = run.cases.map(({ rounds }) => rounds);
  return `# Locks and channels beside others

<!-- Written by tools/generate-docs.mjs from docs/results/sync.json: edit tools/docs/sync.mjs. -->

What it costs threads and processes to wait for each other with \`@heddle/sync\`, and how many times better that is than with others: 2.00x is half the
time, or twice the rate. **Bold**: heddle is ahead with its whole 95 % interval; ≈: the run doesn't tell them apart; else it is behind.
${machineLine({ card: run.card, workers: '1 to 4' })}; noise of the machine ${(run.noise * 100).toFixed(1)} %.

Not all give the same. Who has ended while it had a lock holds up the others for ever with plain Atomics and multithreading, threads take no turns
there, async-mutex serves one thread, and proper-lockfile takes over the lock of a dead process after ten seconds.

${sections.join('\n\n')}
${problems.length === 0 ? '' : `\nNot compared:\n\n${problems.join('\n')}\n`}
Spread and interval of each: [results/sync.json](results/sync.json).

## What is asked

| case | what is done |
| --- | --- |
${questions.join('\n')}

## Settings

| contestant | version | setting |
| --- | --- | --- |
${settings.join('\n')}

## Method

- Each contestant lives in a process of its own for a whole case; rounds alternate between them in changing order, medians of
  ${Math.min(...counts)} to ${Math.max(...counts)} rounds after a warm-up. All parties begin a round together; it ends with the last of them.
- Everything is counted, under the lock or by who receives. Wrong counts are shown as such, and are not compared.
- The machine is shared: the ratio of one run is firm, an absolute figure is not.

\`npm run bench -- --suite sync\` measures it here; \`--only channel\` one question, \`--quick\` a short look.
`;
}
