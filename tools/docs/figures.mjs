// Figures of a committed comparison, as short words for a sentence. A figure that is not in the result is an error:
// a document never shows a number that was not measured.

export const LABELS = {
  inline: 'inline',
  threads: 'threads',
  processes: 'processes',
  'native-1': 'native x1',
  'native-all': 'native',
  'processes-native': 'proc+native',
  cluster: 'cluster',
};

export function significant(value) {
  if (value >= 100) return Math.round(value).toLocaleString('en-US');
  return value === 0 ? '0' : value.toFixed(Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))))));
}

/** Things that are counted: a median of them may still be a half. */
export const count = (value) => (Number.isInteger(value) ? value.toLocaleString('en-US') : significant(value));
export const ms = (value) => (value >= 0.1 ? `${significant(value)} ms` : `${significant(value * 1000)} µs`);
export const mib = (bytes) => `${significant(bytes / 1024 / 1024)} MiB`;
export const times = (ratio) => `${ratio >= 10 ? ratio.toFixed(1) : ratio.toFixed(2)}x`;

export function figuresOf(comparison) {
  const find = (list, key, value, what) => {
    const found = list.find((item) => item[key] === value);
    if (!found) throw new Error(`docs/results/compare.json holds no ${what} '${value}'`);
    return found;
  };
  const workload = (name) => find(comparison.results, 'name', name, 'workload');
  const variant = (name, kind) => find(workload(name).kinds, 'kind', kind, `variant of ${name}`);
  /** "inline 12, worker threads 34": a measure of every variant of a workload. */
  const each = (name, key, format) =>
    workload(name)
      .kinds.map(({ kind, measures }) => `${LABELS[kind]} ${format(measures[key].median)}`)
      .join(', ');
  return {
    /** Whether the committed run measured it; points about a workload, or a measure of it, that it didn't are left out. */
    has: (name, key) =>
      comparison.results.some(
        (result) =>
          result.name === name && (key === undefined || result.kinds.every(({ measures }) => key in (measures ?? {}))),
      ),
    each,
    price: (label, backend) => find(comparison.prices, 'label', label, 'price')[backend],
    workload,
    variant,
    wall: (name, kind) => ms(variant(name, kind).wallMs.median),
    speedup: (name, kind) => times(variant(name, kind).speedup.ratio),
    memory: (name, kind) => mib(variant(name, kind).peakPssBytes),
    loop: (name, kind) => ms(variant(name, kind).loopDelayP99Ms),
    measure: (name, kind, key) => variant(name, kind).measures[key].median,
    machine: machineLine(comparison),
  };
}

/** What was seen of the machine besides, which the reader of its figures has to know: a line, written into the results by hand. */
export const remarkOf = ({ remark }) => (remark === undefined ? '' : `\n${remark}.`);

export function machineLine({ card, workers }) {
  const { cpu, cores, memory, node, date } = card;
  const gib = Math.round(memory.limitBytes / 2 ** 30);
  return `${cpu.model.replace(/\s+/g, ' ')} (${cpu.simd}), ${cores.allowed} cores, ${gib} GiB, Node ${node.version.replace(/^v/, '')}, ${date.slice(0, 10)}, ${workers} workers`;
}
