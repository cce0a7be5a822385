import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderPage, type ChartSection, type Page, type Section } from '../src/index.ts';
import { axisRange } from '../src/report/chart-text.ts';
import { escapeHtml, printable, scriptJson } from '../src/report/html.ts';
import { samplePage, samplePng } from './sample-page.ts';

const EVIL = '<img src=x onerror=alert(1)>';
const QUOTES = `"'><script>alert(1)</script>`;
const COLOR = ' fill="#0a0100" class="x" </style><style>';

/** A page with `text` in every place that takes text. */
function pageOf(text: string): Page {
  const estimate = { value: 2, low: 1, high: 3 };
  const chart = (one: ChartSection['chart']): Section => ({
    kind: 'chart',
    title: text,
    description: text,
    chart: one,
  });
  const sections: Section[] = [
    { kind: 'heading', text, lead: text },
    { kind: 'heading', text, level: 3 },
    { kind: 'heading', text },
    { kind: 'heading', text },
    { kind: 'prose', text: [text, `a \`${text}\` b`] },
    {
      kind: 'keyFigures',
      figures: [{ label: text, values: [{ of: text, value: text, best: true }, { value: text }], note: text }],
    },
    { kind: 'answers', title: text, aside: text, answers: [{ question: text, answer: text, reason: text }] },
    {
      kind: 'table',
      caption: text,
      columns: [text, { text, detail: text }],
      rows: [[text, { text, detail: text, mark: 'failed' }]],
      note: text,
    },
    chart({ type: 'bars', unit: text, bars: [{ label: text, ...estimate }], reference: { value: 1, label: text } }),
    chart({
      type: 'groupedBars',
      scale: 'log',
      format: (value) => `${value}${text}`,
      groups: [text],
      series: [{ name: text, values: [estimate] }],
    }),
    chart({
      type: 'lines',
      unit: text,
      xLabel: text,
      yLabel: text,
      xFormat: (x) => `${x}${text}`,
      series: [
        {
          name: text,
          points: [
            { x: 10, ...estimate },
            { x: 100, value: 4 },
          ],
        },
      ],
      marks: [{ x: 20, label: text }],
      reference: { value: 2, label: text },
    }),
    { kind: 'images', images: [{ png: samplePng(2, 2), alt: text, caption: text }] },
    { kind: 'code', text, caption: text },
    { kind: 'details', summary: text, sections: [{ kind: 'prose', text }] },
  ];
  return { title: text, subtitle: text, sections, seriesOrder: [text], data: { [text]: text } };
}

/** The tags of a page, with their attributes' names; text between them is dropped. */
function tagsOf(html: string): string[] {
  return [...html.matchAll(/<([a-z!/][^\s>]*)((?:\s+[^\s"'=<>]+(?:="[^"]*")?)*)\s*\/?>/gi)].map(
    ([, name, attributes]) => {
      const names = [...attributes!.matchAll(/\s([^\s"'=<>]+)(?:="[^"]*")?/g)].map((match) => match[1]);
      return [name, ...names].join(' ');
    },
  );
}

describe('escaping', () => {
  test.each([
    ['a picture with a handler', EVIL],
    ['quotes and a script', QUOTES],
    ['what the charts are rewritten by', COLOR],
    ['the end of a script block', '</script><!--<script>'],
    ['templates', '{b} {a|x} ${1} `{{7*7}}`'],
    ['control characters', 'a\u0000b\u001Bc\u202Ed\uD800e\r\nf'],
  ])('%s: the page has the same tags as with plain words', (_what, evil) => {
    const html = renderPage(pageOf(evil));
    // Of the same length and with the same back quotes, which mean code in prose.
    const plain = evil.replace(/[^\s`]/g, 'w');
    // Long labels wrap into more <text> elements; everything else must be the same, element by element.
    const withoutTexts = (tags: string[]): string[] => tags.filter((tag) => !/^\/?text\b/.test(tag));
    expect(withoutTexts(tagsOf(html))).toEqual(withoutTexts(tagsOf(renderPage(pageOf(plain)))));
    expect(html).not.toContain('<img src=x');
    expect(html).not.toMatch(/(?![\t\n])\p{Cc}|\u202E|\p{Surrogate}/u);
  });

  test('whatever the text: no tag and no attribute comes out of it', () => {
    const hostile = fc.string({
      unit: fc.constantFrom('<', '>', '"', "'", '&', '`', '/', '=', '!', '-', 'x', ' ', '\n', '\u0000'),
      maxLength: 40,
    });
    fc.assert(
      fc.property(hostile, (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>"']|(?![\t\n])\p{Cc}/u);
        expect(printable(text)).toHaveLength(text.length);
        expect(scriptJson({ text })).not.toMatch(/[<>]/);
        expect(JSON.parse(scriptJson({ text }))).toEqual({ text });
      }),
    );
  });

  test('text is not changed otherwise', () => {
    expect(escapeHtml('Größe – 5 µs × 3 👍\ttab\nline')).toBe('Größe – 5 µs × 3 👍\ttab\nline');
    expect(scriptJson(undefined)).toBe('null');
  });
});

describe('the page', () => {
  const html = renderPage(samplePage());

  test('forbids what it does not need and asks for nothing', () => {
    expect(html).toContain(
      `http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:;`,
    );
    expect(html).not.toMatch(/(src|href|url\()\s*=?\s*["']?(https?:|\/\/)/i);
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).toContain('<script type="application/json" id="heddle-data">');
  });

  test('is the same for the same input', () => {
    expect(renderPage(samplePage())).toBe(html);
  });

  test('has no id twice, and every label refers to one', () => {
    const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]!);
    expect(new Set(ids).size).toBe(ids.length);
    const references = [...html.matchAll(/aria-labelledby="([^"]+)"/g)].flatMap((match) => match[1]!.split(' '));
    expect(references.length).toBeGreaterThan(0);
    for (const id of [...references, ...[...html.matchAll(/href="#([^"]+)"/g)].map((match) => match[1]!)]) {
      expect(ids).toContain(id);
    }
  });

  test('leaves no placeholder colour and no style of the drawing library', () => {
    expect(html).not.toMatch(/#0a0[12]/);
    expect(html).not.toMatch(/ecmeta|zr\d/);
    expect(html.match(/<style/g)).toHaveLength(1);
  });

  test('every chart has a title, a description and its figures as a table', () => {
    expect(html.match(/<figure class="panel chart">/g)).toHaveLength(3);
    expect(html.match(/<title id="chart-\d-(wide|narrow)-title">/g)).toHaveLength(6);
    expect(html).toContain('<td class="right">23.4×<small>21.1× to 26.2×</small></td>');
    expect(html).toContain('<th scope="row" class="left">10K</th>');
  });

  test('a series keeps its colour from chart to chart', () => {
    const swatches = [...html.matchAll(/<li><i style="background:var\((--series-\d)\)"><\/i>([^<]+)<\/li>/g)];
    const colors = new Map<string, Set<string>>();
    for (const [, color, name] of swatches) colors.set(name!, (colors.get(name!) ?? new Set()).add(color!));
    expect(colors.get('native, one thread')).toEqual(new Set(['--series-3']));
    expect(colors.get('threads')).toEqual(new Set(['--series-1']));
  });

  test('shows the machine', () => {
    for (const fact of ['Intel(R) Xeon(R)', 'AVX512', '2 in use', '16 GiB', 'limit 4 GiB', 'v20.20.2', '2026-11-20']) {
      expect(html).toContain(fact);
    }
  });

  test('charts of nothing, of one value and of extremes are drawn', () => {
    const bars = (values: number[], scale: 'linear' | 'log'): Section => ({
      kind: 'chart',
      title: 'x',
      chart: { type: 'bars', scale, bars: values.map((value, index) => ({ label: `bar ${index}`, value })) },
    });
    const lines = (xs: number[]): Section => ({
      kind: 'chart',
      title: 'x',
      chart: {
        type: 'lines',
        xLabel: 'x',
        yLabel: 'y',
        series: [{ name: 's', points: xs.map((x) => ({ x, value: x })) }],
      },
    });
    const sections = [
      bars([], 'linear'),
      bars([0], 'linear'),
      bars([5], 'log'),
      bars([1e-9, 1e9], 'log'),
      lines([]),
      lines([1]),
      lines([1, 1e12]),
      bars([Number.NaN, Infinity, 2], 'log'),
      lines([0, -1, Number.NaN, 3]),
    ];
    const drawn = renderPage({ title: 'x', sections });
    expect(drawn.match(/<svg/g)).toHaveLength(2 * sections.length);
    expect(drawn).not.toMatch(/NaN|Infinity|undefined/);
  });

  test('refuses an image that is no PNG, and a section that it does not know', () => {
    const images: Section = { kind: 'images', images: [{ png: new Uint8Array([1, 2, 3]), alt: 'mine' }] };
    expect(() => renderPage({ title: 'x', sections: [images] })).toThrow(
      "expected the content of a PNG file for 'mine'",
    );
    expect(() => renderPage({ title: 'x', sections: [{ kind: 'poem' } as unknown as Section] })).toThrow(
      "unknown kind 'poem'",
    );
  });
});

describe('axes', () => {
  test.each([
    [[3, 47], 'linear', 0, 50],
    [[302], 'linear', 0, 350],
    [[0.0123], 'linear', 0, 0.014],
    [[-3, 5], 'linear', -3, 5],
    [[], 'linear', 0, 1],
    [[1, 23], 'log', 1, 32],
    [[0.5, 4], 'log', 0.5, 4],
    [[3], 'log', 2, 4],
    [[2], 'log', 2, 4],
    [[0.024, 26], 'log', 0.02, 50],
    [[100, 1e7], 'log', 100, 1e7],
    [[0, 5], 'log', 4, 8],
  ] as const)('%j %s: %d to %d', (values, scale, min, max) => {
    const range = axisRange(values, scale);
    expect(range.min).toBeCloseTo(min, 10);
    expect(range.max).toBeCloseTo(max, 10);
  });

  test('hold every value', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1e-12, max: 1e12, noNaN: true }), { minLength: 1 }),
        fc.constantFrom('linear' as const, 'log' as const),
        (values, scale) => {
          const { min, max } = axisRange(values, scale);
          expect(min).toBeLessThan(max);
          // 1e-6: an end may be rounded to the last value itself.
          expect(min).toBeLessThanOrEqual(Math.min(...values) * (1 + 1e-6));
          expect(max).toBeGreaterThanOrEqual(Math.max(...values) * (1 - 1e-6));
        },
      ),
    );
  });
});
