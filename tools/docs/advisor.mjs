// docs/advisor.md: how near `auto` comes to the best backend, from a committed run of the bench's suite `advisor`.
import { simulationPart, validationPart } from './advisor-replay.mjs';
import { machineLine, significant, times } from './figures.mjs';
import { percent, table } from './tables.mjs';

const WORST_SHOWN = 15;
const ratios = ({ near, p50, p90, p99, worst }) => [percent(near), ...[p50, p90, p99, worst].map(times)];
const regret = ({ auto }) => (auto[0] + auto[1]) / 2;

function scoreTable({ auto, oracle, rules }, about) {
  const harm = `${percent(auto.harm)}, surely ${percent(auto.certainHarm)}`;
  return table(
    ['chooser', 'within 10 % of the best', 'p50', 'p90', 'p99', 'worst', 'more than 10 % over inline'],
    [
      ['**auto**', ...ratios(auto), harm],
      ['split-half oracle', ...ratios(oracle), ''],
      ...Object.entries(rules).map(([name, score]) => [about[name].label, ...ratios(score), percent(score.harm)]),
    ],
  );
}

function familyTable(families) {
  return table(
    ['family', 'jobs', 'auto within 10 %', 'oracle within 10 %', 'worst', 'more than 10 % over inline'],
    families.map(({ family, scores: { jobs, auto, oracle } }) => [
      family,
      jobs,
      percent(auto.near),
      percent(oracle.near),
      times(auto.worst),
      percent(auto.harm),
    ]),
  );
}

function jobTable(jobs) {
  const places = (job) =>
    Object.entries(job.places)
      .filter(([, calls]) => calls > 0)
      .map(([place, calls]) => `${place} ${calls}`)
      .join(', ');
  return table(
    ['job', 'pool', 'inline, ms', 'threads', 'processes', 'auto', 'by the best', 'by inline', 'calls went'],
    jobs.map((job) => [
      job.id,
      job.phase,
      ...['inline', 'threads', 'processes', 'auto'].map((name) => significant(job.medianMs[name])),
      times(regret(job)),
      times(job.overInline.ratio),
      places(job),
    ]),
  );
}

export function advisor(run) {
  const { scores, families, jobs, rounds, card, noise, problems } = run;
  const worst = [...jobs].sort((a, b) => regret(b) - regret(a)).slice(0, WORST_SHOWN);
  const rules = Object.values(run.rules).map(({ label, about }) => `- ${label}: ${about}.`);
  return `# The choice of \`auto\`, judged

<!-- Written by tools/generate-docs.mjs from docs/results/advisor.json: edit tools/docs/advisor.mjs. -->

How long ${scores.jobs} jobs take where \`backend: 'auto'\` puts them, by the time in the best backend: 1.00x is as fast as that.
${machineLine({ card, workers: card.cores.allowed })}; noise of the machine ${(noise * 100).toFixed(1)} %.

${scoreTable(scores, run.rules)}

The split-half oracle takes what was best in one half of the rounds and is judged by the other half: nobody can be expected to choose better
on this machine. What others do, with the same measurements:

${rules.join('\n')}

## By family

${familyTable(families)}

## Where it is furthest from the best

${jobTable(worst)}
${problems.length === 0 ? '' : `\nNot judged:\n\n${problems.map(({ id, problem }) => `- ${id}: ${problem.split('\n', 1)[0]}`).join('\n')}\n`}
Every job, in every backend: [results/advisor.json](results/advisor.json).

${validationPart(run)}
${simulationPart(run)}
## Method

- Every workload gives two jobs. \`new\`: the first of a new pool, its making included. \`known\`: the same again in that pool, which by
  then knows the function, and in which workers are there if there were any.
- Every round is a fresh program, ${rounds} of them for each backend, alternating. What a call computes it does by counting, not by the clock.
- A pool of workers that is there pays no start in its second job; \`auto\` may not have started any, for want of work that was worth it. It is
  judged by the best backend all the same.
- What backends cost is no fit to these workloads: a start is measured by each program, and the others are from the decisions on
  threads and processes. The thresholds were set before there were any; whether a fit would have been better is judged on families left out, above.
- \`npx nx run bench:advisor\` measures it here; \`npm run bench -- --suite advisor --only "uneven"\` one family.
`;
}
