// The measured table of the README's first screen.
import { LABELS, machineLine, remarkOf, times } from './figures.mjs';

/** "median of 12 to 40": how many rounds stand behind each cell. */
function rounds({ results }) {
  const counts = results.filter(({ decides }) => !decides.isCount).map((result) => result.rounds);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return `median of ${least === most ? least : `${least} to ${most}`}`;
}

export function measuredTable(comparison) {
  const kinds = Object.keys(LABELS).filter((id) =>
    comparison.results.some(({ kinds }) => kinds.some(({ kind }) => kind === id)),
  );
  const cell = (result, id) => {
    const outcome = result.kinds.find(({ kind }) => kind === id);
    if (!outcome) return '';
    const { isCount, unit } = result.decides;
    if (outcome.state !== 'equal' || !(outcome.speedup || isCount)) return outcome.state;
    const text = isCount ? `${outcome.decided.median} ${unit}` : times(outcome.speedup.ratio);
    return result.verdict.fastest.kinds.includes(id) ? `**${text}**` : text;
  };
  const rows = comparison.results.map((result) => {
    const measure = result.decides.key === 'wallMs' ? '' : ` (${result.decides.label})`;
    return `| ${result.name}${measure} | ${kinds.map((id) => cell(result, id)).join(' | ')} |`;
  });
  return `| speed-up over inline | ${kinds.map((id) => LABELS[id]).join(' | ')} |
| --- | ${kinds.map(() => '---').join(' | ')} |
${rows.join('\n')}

Bold: fastest, or not told apart from it. ${machineLine(comparison)}; ${rounds(comparison)} interleaved rounds; sizes and spread in
[docs/results/compare.json](docs/results/compare.json).${remarkOf(comparison)}
`;
}
