import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderPage } from '../src/index.ts';
import { isBrowserMissing, openBrowser, showPage } from './browser.ts';
import { samplePage } from './sample-page.ts';

const EVIL = '<img src=x onerror=alert(1)>';

describe.skipIf(isBrowserMissing())('the page in a browser', () => {
  let browser: Browser;
  let folder: string;
  let file: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'heddle-page-'));
    file = join(folder, 'report.html');
    await writeFile(file, renderPage(samplePage(EVIL)));
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test.each([
    ['wide and light', 1200, 'light'],
    ['wide and dark', 1200, 'dark'],
    ['narrow and light', 360, 'light'],
    ['narrow and dark', 360, 'dark'],
  ] as const)(
    '%s: every chart is drawn, nothing is asked for, nothing complains',
    async (_what, widthPx, colorScheme) => {
      const page = await showPage(browser, file, { widthPx, colorScheme });
      expect(page.complaints).toEqual([]);
      expect(page.requests).toEqual([]);
      expect(page.overflowPx).toBe(0);
      expect(page.charts.map((chart) => chart.title)).toEqual([
        'Speed-up over inline',
        `${EVIL}: time of a round`,
        'Sort, f64: time by size',
      ]);
      for (const chart of page.charts) {
        expect(chart.widthPx).toBeGreaterThan(250);
        expect(chart.heightPx).toBeGreaterThan(100);
        expect(chart.marks).toBeGreaterThan(10);
        // A placeholder that no style sheet knows would be painted black.
        expect(chart.fills).not.toContain('rgb(0, 0, 0)');
      }
      expect(page.images.map((image) => image.widthPx)).toEqual([320, 320]);
    },
  );

  test('light and dark differ, in the page and in its charts', async () => {
    const [light, dark] = await Promise.all(
      (['light', 'dark'] as const).map((colorScheme) => showPage(browser, file, { colorScheme })),
    );
    expect(light!.background).not.toBe(dark!.background);
    for (const [index, chart] of light!.charts.entries()) {
      const same = chart.fills.filter((fill) => fill !== 'none' && dark!.charts[index]!.fills.includes(fill));
      expect(same).toEqual([]);
    }
  });

  test('a hostile name is text, in the page and in the charts', async () => {
    const page = await showPage(browser, file);
    expect(page.text).toContain(EVIL);
    expect(page.charts[0]!.texts.join('')).toContain(EVIL);
    expect(page.handlers).toEqual([]);
    expect(page.images).toHaveLength(2);
    // The one script block is data.
    expect(page.tags.toSorted()).not.toContain('iframe');
    expect(page.tags.filter((tag) => tag === 'script')).toEqual(['script']);
    expect(page.text).toContain('"evil":"\\u003cimg');
  });
});
