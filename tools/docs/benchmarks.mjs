// docs/benchmarks.md: the kernels of core-native against the fastest JavaScript, from a committed run of the bench.
import { machineLine, significant, times } from './figures.mjs';

function speedupCell(size, kind) {
  const found = size.speedups[kind];
  return found ? `${times(found.ratio)} (${times(found.low)} to ${times(found.high)})` : '';
}

function row(benchCase) {
  const size = benchCase.sizes.at(-1);
  const best = size.timings.find(({ kind }) => kind === size.baseline);
  const label = benchCase.contestants.find(({ kind }) => kind === size.baseline).label;
  const from =
    benchCase.crossover === undefined || benchCase.crossover === null
      ? 'at no size measured'
      : `${benchCase.crossover.toLocaleString('en-US')} ${benchCase.sizeLabel}`;
  return `| ${benchCase.id} | ${size.size.toLocaleString('en-US')} ${benchCase.sizeLabel} | ${significant(best.figure)} ${benchCase.unit} (${label}) | ${speedupCell(size, 'native-1')} | ${speedupCell(size, 'native-all')} | ${from} |`;
}

export function benchmarks(run) {
  return `# Benchmarks

<!-- Written by tools/generate-docs.mjs from docs/results/kernels.json: edit tools/docs/benchmarks.mjs. -->

Kernels of \`@heddle/core-native\` against the fastest JavaScript there is for the size: the twin in \`@heddle/core-js\` or a
plain loop, whichever wins. ${machineLine({ card: run.card, workers: run.native.threads })}; noise of the machine
${(run.noise * 100).toFixed(1)} %.

| kernel | largest size | best JavaScript | native, 1 thread | native, all threads | all threads win from |
| --- | --- | --- | --- | --- | --- |
${run.cases.map(row).join('\n')}

Speed-ups with their 95 % interval. Every size, with spread: [results/kernels.json](results/kernels.json).

## Method

- Each contestant lives in a process of its own; rounds alternate between them in changing order, medians of at least five
  rounds after two to warm up.
- Kernels that work in place get fresh copies, made outside of the time. Results are compared by digest, those that may
  round differently within their stated error.
- The machine is shared: the ratio of one run is firm, an absolute figure is not. To compare two runs, compare their
  ratios, and take no difference below the noise for one.

\`npm run bench\` measures it here; \`--only sort\` one kernel, \`--quick\` a short look; \`bench-report/report.html\` shows
the speed-up by size.
`;
}
