// docs/pool.md: the native pool beside others of C++, from a committed run of the bench's suite `pool`.
import { machineLine, significant, times } from './figures.mjs';

const TITLES = {
  region: 'Regions',
  idle: 'Idle',
  tasks: 'Tasks',
  rows: 'Uneven work',
  completion: 'Calls from JavaScript',
};
const THREADS = 2;
const groupOf = ({ id }) => Object.keys(TITLES).find((group) => id === group || id.startsWith(`${group}-`));
const isHeddle = ({ name }) => name.startsWith('heddle');

/** "120 ns ±3 %"; a spread around nothing is no share of it, and not kept. */
const figure = ({ summary: { median, relativeSpread } }, unit) => {
  const spread = typeof relativeSpread === 'number' ? ` ±${Math.round((relativeSpread / 2) * 100)} %` : '';
  return `${significant(median)} ${unit}${spread}`;
};

/** "**2.06x** (1.90 to 2.21)" where heddle is ahead, "≈ 1.02x (…)" where the interval leaves it open, plain where it is behind. */
function ratio(heddleIs) {
  const text = heddleIs.ratio < 0.1 ? `${heddleIs.ratio.toPrecision(2)}x` : times(heddleIs.ratio);
  const interval = `(${significant(heddleIs.low)} to ${significant(heddleIs.high)})`;
  if (heddleIs.low > 1) return `**${text}** ${interval}`;
  return heddleIs.high < 1 ? `${text} ${interval}` : `≈ ${text} ${interval}`;
}

function contestantRow(one, figures) {
  const name = one.isBeyondLimit ? `${one.label}, not compared` : one.label;
  if (one.state !== 'right') return [name, one.state, ...figures.map(() => '')];
  const [first, ...others] = figures.map(({ key, unit }) => figure(one.figures[key], unit));
  const heddleIs = one.figures[figures[0].key].heddleIs;
  return [name, first, heddleIs === undefined ? '' : ratio(heddleIs), ...others];
}

/** "≤ 5 us, reached", or nothing. */
function target({ key, unit, better, target: limit }, { contestants }) {
  if (limit === undefined) return '';
  const text = `${better === 'lower' ? '≤' : '≥'} ${significant(limit)} ${unit}`;
  const heddle = contestants.find(isHeddle);
  if (heddle?.state !== 'right') return text;
  const { median } = heddle.figures[key].summary;
  return `${text}, ${(better === 'lower' ? median <= limit : median >= limit) ? 'reached' : 'missed'}`;
}

function verdict({ verdict: found, contestants }) {
  if (found === undefined) return 'There is nobody to compare with';
  const { label } = contestants.find(({ name }) => name === found.against);
  const words = { ahead: 'ahead of', level: 'level with', behind: 'behind' };
  return `heddle is ${words[found.is]} ${label}: ${ratio(found.heddleIs)}`;
}

const line = (cells) => `| ${cells.join(' | ')} |`;

function caseSection(one) {
  const [first, ...others] = one.figures.map(({ label }) => label);
  const head = ['', first, 'heddle is', ...others];
  const targets = one.figures.map((item) => target(item, one));
  const [firstTarget, ...otherTargets] = targets;
  return [
    `### ${one.id}`,
    '',
    `${one.about} ${verdict(one)}.`,
    '',
    line(head),
    line(head.map(() => '---')),
    ...one.contestants.map((other) => line(contestantRow(other, one.figures))),
    ...(targets.every((text) => text === '') ? [] : [line(['target', firstTarget, '', ...otherTargets])]),
  ].join('\n');
}

export function pool(run) {
  const sections = Object.entries(TITLES).flatMap(([group, title]) => {
    const cases = run.cases.filter((one) => groupOf(one) === group);
    return cases.length === 0 ? [] : [`## ${title}\n\n${cases.map(caseSection).join('\n\n')}`];
  });
  const settings = Object.values(run.contestants).map(({ label, setting }) => line([label, setting]));
  const problems = run.cases.flatMap(({ id, contestants }) =>
    contestants
      .filter(({ problem }) => problem !== undefined)
      .map(({ label, state, problem }) => `- ${id}, ${label}, ${state}: ${problem.split('\n', 1)[0]}`),
  );
  const counts = run.cases.map(({ rounds }) => rounds);
  return `# The native pool beside others

<!-- Written by tools/generate-docs.mjs from docs/results/pool.json: edit tools/docs/pool.mjs. -->

What work costs in the thread pool under \`@heddle/core-native\`, in C++, and how many times better that is than with others: 2.00x is
half the time, or twice the rate. **Bold**: heddle is ahead with its whole 95 % interval; ≈: the run doesn't tell them apart; else it
is behind. ${machineLine({ card: run.card, workers: THREADS })}; noise of the machine ${(run.noise * 100).toFixed(1)} %.

Targets were set on another machine; what counts here are the ratios.

${sections.join('\n\n')}
${problems.length === 0 ? '' : `\nNot compared:\n\n${problems.join('\n')}\n`}
Spread and interval of each: [results/pool.json](results/pool.json).

## Settings

| contestant | setting |
| --- | --- |
${settings.join('\n')}

## Method

- Programs are built with g++ from one source, \`apps/bench/native/pool\`, which takes a contestant's header; heddle's is its own
  sources. They are started anew in each round, warm up, measure, and are gone, so that a pool that never rests takes nothing from
  others. Rounds alternate between contestants in changing order, medians of ${Math.min(...counts)} to ${Math.max(...counts)} rounds after a warm-up.
- Every chunk, task and row is counted or compared with one thread's, in a pass that is not timed. *Shared by the threads* says in
  how many regions each chunk had a thread of its own: who runs all chunks itself is quick with empty ones.
- The bare spinning thread is no pool, but what the machine allows to two threads; its second one burns a core while it waits.
- The machine is shared: the ratio of one run is firm, an absolute figure is not.

\`npm run bench -- --suite pool\` measures it here; \`--only region\` one question, \`--quick\` a short look. It needs a C++ compiler, and
oneTBB's rows the package \`libtbb-dev\`.
`;
}
