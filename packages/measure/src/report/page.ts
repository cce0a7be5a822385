/**
 * The page maker: one HTML file that opens from disk, without script, font, picture or request from elsewhere. Its
 * content security policy forbids what it does not need, so that even a mistake in escaping could not run or load anything.
 */
import { argumentError } from '../errors.ts';
import type { MachineCard } from '../host/card.ts';
import { chartSvg, LAYOUTS } from './charts.ts';
import { chartTable } from './chart-text.ts';
import { formatBytes, formatNumber } from './format.ts';
import { dataUri, escapeHtml, proseHtml, scriptJson } from './html.ts';
import { SeriesColors, seriesVariable } from './palette.ts';
import { styleSheet } from './style.ts';
import { tableHtml } from './table.ts';
import type {
  AnswersSection,
  ChartSection,
  CodeSection,
  HeadingSection,
  ImagesSection,
  KeyFiguresSection,
  Page,
  Section,
} from './sections.ts';

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";
const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Fewer parts than this need no table of contents. */
const MIN_CONTENTS = 3;

/** What the sections of one page share. */
interface Context {
  colors: SeriesColors;
  chartCount: number;
  headingCount: number;
}

/**
 * Makes the page. The same input gives the same text. About 20 ms for each chart, plus 100 ms for the first of a process.
 *
 * @throws RangeError `HEDDLE_ARGUMENT` for an image that is not a PNG.
 */
export function renderPage(page: Page): string {
  const context: Context = { colors: new SeriesColors(page.seriesOrder ?? []), chartCount: 0, headingCount: 0 };
  const body = page.sections.map((section) => sectionHtml(section, context)).join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(page.title)}</title>
<link rel="icon" href="data:,">
<style>${styleSheet()}</style>
</head>
<body>
<header class="top">
<h1>${escapeHtml(page.title)}</h1>
${page.subtitle === undefined ? '' : `<p class="lead">${proseHtml(page.subtitle)}</p>`}
${page.card === undefined ? '' : cardHtml(page.card)}
${contentsHtml(page.sections)}
</header>
<main>
${body}
</main>
<footer><p>Made by heddle. This file holds everything it shows and asks the network for nothing.</p></footer>
${page.data === undefined ? '' : `<script type="application/json" id="heddle-data">${scriptJson(page.data)}</script>`}
</body>
</html>
`;
}

function sectionHtml(section: Section, context: Context): string {
  switch (section.kind) {
    case 'heading':
      return headingHtml(section, context);
    case 'prose':
      return `<div class="prose">${[section.text]
        .flat()
        .map((text) => `<p>${proseHtml(text)}</p>`)
        .join('')}</div>`;
    case 'keyFigures':
      return keyFiguresHtml(section);
    case 'answers':
      return answersHtml(section);
    case 'table':
      return `<div class="panel">${tableHtml(section)}</div>`;
    case 'chart':
      return chartHtml(section, context);
    case 'images':
      return imagesHtml(section);
    case 'code':
      return codeHtml(section);
    case 'details': {
      const inner = section.sections.map((one) => sectionHtml(one, context)).join('\n');
      return `<details class="panel fold"><summary>${escapeHtml(section.summary)}</summary>${inner}</details>`;
    }
    default:
      throw argumentError(`sections: unknown kind '${String((section as { kind: unknown }).kind)}'`);
  }
}

/** Whether a heading begins a part of the page, which the contents list. */
function isPart(heading: HeadingSection): boolean {
  return (heading.level ?? 2) === 2;
}

function contentsHtml(sections: readonly Section[]): string {
  const parts = sections.filter((section) => section.kind === 'heading').filter((heading) => isPart(heading));
  if (parts.length < MIN_CONTENTS) return '';
  const items = parts.map(({ text }, index) => `<li><a href="#part-${index + 1}">${escapeHtml(text)}</a></li>`);
  return `<nav class="contents" aria-label="Contents"><ul>${items.join('')}</ul></nav>`;
}

function headingHtml(section: HeadingSection, context: Context): string {
  const lead = section.lead === undefined ? '' : `<p class="lead">${proseHtml(section.lead)}</p>`;
  if (!isPart(section)) return `<h3>${escapeHtml(section.text)}</h3>${lead}`;
  context.headingCount += 1;
  return `<h2 id="part-${context.headingCount}">${escapeHtml(section.text)}</h2>${lead}`;
}

function cardHtml({ cpu, cores, memory, node, date, loadBefore }: MachineCard): string {
  const quota = cores.quota === undefined ? '' : `, quota ${formatNumber(cores.quota)}`;
  const limit = memory.limitBytes < memory.totalBytes ? `limit ${formatBytes(memory.limitBytes)}, ` : '';
  const pressure =
    loadBefore.pressureCpu10 === undefined ? '' : `CPU pressure ${formatNumber(loadBefore.pressureCpu10)} %`;
  const facts: readonly [string, string, string][] = [
    ['Processor', cpu.model, cpu.simd === 'unknown' ? '' : cpu.simd.toUpperCase()],
    ['Cores', `${cores.allowed} in use`, `${cores.logical} online${quota}`],
    ['Memory', formatBytes(memory.totalBytes), `${limit}${formatBytes(memory.availableBytes)} free`],
    ['Node', node.version, `${node.platform} ${node.arch}`],
    ['Load before', formatNumber(loadBefore.one), pressure],
    ['Measured', date.slice(0, 10), `${date.slice(11, 16)} UTC`],
  ];
  const items = facts.map(([name, value, detail]) => {
    const small = detail === '' ? '' : `<small>${escapeHtml(detail)}</small>`;
    const wide = name === 'Processor' ? ' class="wide"' : '';
    return `<div${wide}><dt>${name}</dt><dd>${escapeHtml(value)}${small}</dd></div>`;
  });
  return `<dl class="card" aria-label="The machine">${items.join('')}</dl>`;
}

/** Longer values are words rather than figures and are set smaller. */
const FIGURE_CHARS_MAX = 11;

function keyFiguresHtml({ figures }: KeyFiguresSection): string {
  const items = figures.map(({ label, values, note }) => {
    const columns = values.map(({ of, value, best }) => {
      const name = of === undefined ? '<dt class="hidden">value</dt>' : `<dt>${escapeHtml(of)}</dt>`;
      const size = value.length > FIGURE_CHARS_MAX ? ' class="text"' : '';
      return `<div${best === true ? ' class="best"' : ''}>${name}<dd${size}>${escapeHtml(value)}</dd></div>`;
    });
    const below = note === undefined ? '' : `<p class="note">${proseHtml(note)}</p>`;
    return `<section class="figure"><h4>${escapeHtml(label)}</h4><dl>${columns.join('')}</dl>${below}</section>`;
  });
  return `<div class="figures">${items.join('\n')}</div>`;
}

function answersHtml({ title, answers, aside }: AnswersSection): string {
  const items = answers.map(({ question, answer, reason }) => {
    const why = reason === undefined ? '' : `<dd class="why">${proseHtml(reason)}</dd>`;
    return `<div class="answer"><dt>${escapeHtml(question)}</dt><dd class="what">${escapeHtml(answer)}</dd>${why}</div>`;
  });
  return (
    `<section class="panel answers">${title === undefined ? '' : `<h4>${escapeHtml(title)}</h4>`}` +
    `<dl>${items.join('')}</dl>${aside === undefined ? '' : `<p class="aside">${proseHtml(aside)}</p>`}</section>`
  );
}

function chartHtml(section: ChartSection, context: Context): string {
  const { title, description, chart } = section;
  context.chartCount += 1;
  const number = context.chartCount;
  const names = chart.type === 'bars' ? [] : chart.series.map((series) => series.name);
  const legend = names.map((name) => {
    const swatch = `<i style="background:var(${seriesVariable(context.colors.indexOf(name))})"></i>`;
    return `<li>${swatch}${escapeHtml(name)}</li>`;
  });
  const about = description ?? 'The figures are in the table below.';
  const drawings = LAYOUTS.map((layout) => {
    return chartSvg(chart, layout, context.colors, {
      idPrefix: `chart-${number}-${layout.name}`,
      title,
      description: about,
    });
  });
  return (
    `<figure class="panel chart"><figcaption><h4>${escapeHtml(title)}</h4>` +
    `${description === undefined ? '' : `<p>${proseHtml(description)}</p>`}</figcaption>` +
    `${legend.length < 2 ? '' : `<ul class="legend" aria-hidden="true">${legend.join('')}</ul>`}` +
    `${drawings.join('\n')}<details><summary>The same as a table</summary>` +
    `${tableHtml({ kind: 'table', caption: title, ...chartTable(section) }, { hideCaption: true })}</details></figure>`
  );
}

function imagesHtml({ images }: ImagesSection): string {
  const items = images.map(({ png, alt, caption }) => {
    if (PNG_SIGNATURE.some((byte, index) => png[index] !== byte)) {
      throw argumentError(`images: expected the content of a PNG file for '${alt}', got ${png.length} other bytes`);
    }
    const below = caption === undefined ? '' : `<figcaption>${proseHtml(caption)}</figcaption>`;
    return `<figure><img src="${dataUri('image/png', png)}" alt="${escapeHtml(alt)}">${below}</figure>`;
  });
  return `<div class="images">${items.join('\n')}</div>`;
}

function codeHtml({ text, caption }: CodeSection): string {
  const above = caption === undefined ? '' : `<p>${proseHtml(caption)}</p>`;
  return `<div class="code">${above}<pre tabindex="0">${escapeHtml(text)}</pre></div>`;
}
