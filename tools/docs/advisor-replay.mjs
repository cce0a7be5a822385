// Two parts of docs/advisor.md: the thresholds judged on families that they were not fitted on, and the choice on machines that were only computed.
import { significant, times } from './figures.mjs';
import { percent, table } from './tables.mjs';

const MISSING = `This run has no profiles of the workloads, which a replay needs: it was measured before they were recorded.
\`npm run bench -- --suite advisor\` records them.`;

const cells = ({ near, regret, p99, harm }) => [percent(near), percent(regret), times(p99), percent(harm)];
const tuningText = (tuning) =>
  Object.entries(tuning)
    .map(([name, value]) => `\`${name}\` ${value}`)
    .join(', ');

/** In one sentence: is there anything to gain by other thresholds? */
function verdictOf({ shipped, fitted }) {
  const near = fitted.near - shipped.near;
  const regret = shipped.regret - fitted.regret;
  const harm = fitted.harm - shipped.harm;
  const said =
    `On families that they know nothing of, fitted thresholds are within 10 % in ${percent(fitted.near)} of the jobs instead of ${percent(shipped.near)}, ` +
    `with a mean regret of ${percent(fitted.regret)} instead of ${percent(shipped.regret)}, and do harm in ${percent(fitted.harm)} instead of ${percent(shipped.harm)}`;
  if (harm > 0.01 && (near > 0 || regret > 0)) return `${said}: what they gain they pay for with harm.`;
  if (near > 0.03 && regret > 0.01) return `${said}: better ones can be had.`;
  return `${said}: those in use are as good.`;
}

export function validationPart({ recorded, validation, card }) {
  const head = '## One family left out';
  if (recorded === undefined) return `${head}\n\n${MISSING}\n`;
  if (validation === undefined) return `${head}\n\nA run of one family says nothing of others.\n`;
  const { families, total, shipped, onAll, grid, agreement } = validation;
  const rows = families.map((one) => [
    one.family,
    one.shipped.replays,
    ...cells(one.shipped),
    ...cells(one.fitted),
    changed(shipped, onAll, one.tuning),
  ]);
  rows.push(['**all**', total.shipped.replays, ...cells(total.shipped), ...cells(total.fitted), '']);
  const values = Object.entries(grid).map(([name, all]) => `\`${name}\` ${all.join(', ')}`);
  const combinations = Object.values(grid).reduce((product, all) => product * all.length, 1);
  return `${head}

What of the advisor can be chosen are five thresholds ([tuning.ts](../packages/advisor/src/tuning.ts)); everything else is measured, by the program or
before. For each family they are fitted on all the others, and judged on the one that they know nothing of, beside those in use: ${tuningText(shipped)}.

${table(
  [
    'family',
    'replays',
    'in use: within 10 %',
    'regret',
    'p99',
    'harm',
    'fitted without it: within 10 %',
    'regret',
    'p99',
    'harm',
    'fitted thresholds',
  ],
  rows,
)}

${verdictOf(total)}
Fitted on all families, which is as good as they can be made to look here: ${tuningText(onAll)}; within 10 % in ${percent(total.onAll.near)}, regret
${percent(total.onAll.regret)}, harm ${percent(total.onAll.harm)}.

- Regret: the time by that of the best backend, less 1, the mean. Harm: jobs more than 10 % over inline. Below 0 where a move in the middle
  of a job is quicker than any one backend.
- The fit tries all ${significant(combinations)} combinations of ${values.join('; ')}, and takes the one with the least mean of the logarithm of the time by the best
  backend's, plus that of the time over inline; among equals the one nearest to those in use.
- Nothing is run for it: \`decide\` is asked again with what a pool knew of each function (in each of some programs), and what it says is judged by the measured medians of that
  backend. Only a move in the middle of a job is put together: inline until a worker is there, and what is left at the pace of the pool of that backend.
  What the choice itself takes, which the tables above have, is in none of it. In ${percent(agreement)} of the jobs the replay leaves this thread, or
  stays, as the pool did when it was measured.${recordedWhen(recorded, card)}
`;
}

/** Thresholds that differ from those in use. */
function changed(shipped, onAll, tuning) {
  if (Object.entries(tuning).every(([name, value]) => value === onAll[name])) return 'as on all';
  const others = Object.entries(tuning).filter(([name, value]) => value !== shipped[name]);
  return others.length === 0 ? 'as in use' : others.map(([name, value]) => `\`${name}\` ${value}`).join(', ');
}

function recordedWhen({ date }, card) {
  const [recorded, measured] = [date, card.date].map((one) => one.slice(0, 10));
  if (date === card.date) return '';
  return `\n- The profiles were recorded apart from the times of this run (${recorded}; the run ${measured}), on the same kind of machine with other work beside.`;
}

export function simulationPart({ recorded, simulation, card }) {
  const head = '## Machines with more cores: simulated, no such machine was measured';
  if (recorded === undefined) return `${head}\n\n${MISSING}\n`;
  if (simulation === undefined) return `${head}\n\nNo job of this run has a profile.\n`;
  const { assumptions, machines, check, families } = simulation;
  const rowOf = (name, { near, p50, p99, worst, harm }) => [
    name,
    percent(near),
    times(p50),
    times(p99),
    times(worst),
    percent(harm),
  ];
  return `${head}

The recorded jobs on machines that are only computed: what \`auto\` would choose there (the real \`decide\`, told of so many cores), and what it and each
backend would take.

${table(
  [
    'machine',
    'within 10 % of the best',
    'p50',
    'p99',
    'worst',
    'more than 10 % over inline',
    'inline is best',
    'auto stays inline',
  ],
  [
    [...rowOf(`${check.cores} cores, measured`, check.measured), '', ''],
    [...rowOf(`${check.cores} cores, simulated`, check.simulated), '', ''],
    ...machines.map(({ cores, auto, best, chosen }) => [
      ...rowOf(`**${cores} cores, simulated**`, auto),
      percent(best.inline),
      percent(chosen.inline),
    ]),
  ],
)}

${machines.map((machine) => phasesOf(machine)).join('\n')}

The same jobs by rules that others choose by, simulated, within 10 % of the best and worst hundredth:

${table(
  ['machine', 'auto', 'always inline', 'always threads', 'always processes', '1 ms rule'],
  machines.map(({ cores, auto, rules }) => [
    `${cores} cores, simulated`,
    ...[auto, rules.inline, rules.threads, rules.processes, rules.oneMs].map(
      ({ near, p99 }) => `${percent(near)}, ${times(p99)}`,
    ),
  ]),
)}

How far the simulation can be believed: the same with ${check.cores} cores, by what was measured on ${card.cores.allowed}. "Off by" is the median of how much larger
the one is than the other; "finds the best": the backend that is the best in the simulation was within 10 % of the best in truth.

${table(
  [
    'family',
    'jobs',
    'off by: inline',
    'threads',
    'processes',
    'finds the best',
    ...machines.map(({ cores }) => `auto within 10 %, ${cores} cores, simulated`),
  ],
  [
    ...families.map(({ family, jobs, check: one, machines: scores }) => [
      family,
      jobs,
      ...Object.values(one.off).map(percent),
      percent(one.bestIsNear),
      ...scores.map(({ near }) => percent(near)),
    ]),
    [
      '**all**',
      families.reduce((sum, { jobs }) => sum + jobs, 0),
      ...Object.values(check.off).map(percent),
      percent(check.bestIsNear),
      ...machines.map(({ auto }) => percent(auto.near)),
    ],
  ],
)}

What is assumed:

${assumptions.map((one) => `- ${one}`).join('\n')}

\`npm run bench -- --suite advisor --simulate docs/results/advisor.json\` computes this part and the one before anew from the kept run, without measuring.
`;
}

function phasesOf({ cores, phases }) {
  const { fresh, known } = phases;
  return (
    `- ${cores} cores: in a new pool within 10 % in ${percent(fresh.near)}, p99 ${times(fresh.p99)}; ` +
    `in one that knows the function, against pools whose workers are all there, in ${percent(known.near)}, p99 ${times(known.p99)}.`
  );
}
