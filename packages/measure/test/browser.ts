/**
 * Report pages in a real browser, for the tests of this package and of the apps that make pages.
 *
 * Without a Chromium the tests are skipped with one line; HEDDLE_REQUIRE_TOOLS=1 makes that a failure.
 */
import { accessSync, constants } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser } from 'playwright-core';

/** Where Debian and others install Chromium. HEDDLE_CHROMIUM names another place. */
const PLACES = [
  process.env['HEDDLE_CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** The browser's executable, if there is one. */
export function findBrowser(): string | undefined {
  return PLACES.find((place) => {
    try {
      if (place !== undefined) accessSync(place, constants.X_OK);
      return place !== undefined;
    } catch {
      return false;
    }
  });
}

/** For `describe.skipIf(isBrowserMissing())`: says what to install, and throws where tools are required. */
export function isBrowserMissing(): boolean {
  if (findBrowser() !== undefined) return false;
  const sentence = 'browser tests skipped: no Chromium here; install it with `apt-get install chromium`';
  if (process.env['HEDDLE_REQUIRE_TOOLS'] === '1') throw new Error(sentence);
  process.stderr.write(`${sentence}\n`);
  return true;
}

/** Starts the browser; close it when done. */
export function openBrowser(): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath === undefined) throw new Error('no Chromium here');
  // Chromium's own sandbox refuses to run as root, as in a container.
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
}

/** One chart as the browser shows it. */
export interface ShownChart {
  title: string;
  widthPx: number;
  heightPx: number;
  /** Painted shapes: bars, lines, dots. */
  marks: number;
  /** Colours in use, as computed; one for each series, and those of axes and text. */
  fills: string[];
  texts: string[];
}

/** What a browser makes of a page. */
export interface ShownPage {
  /** Errors and warnings of the console, uncaught exceptions, dialogs. */
  complaints: string[];
  /** Addresses asked for, other than the file itself and data: URIs. */
  requests: string[];
  /** Charts that are visible at this width. */
  charts: ShownChart[];
  /** Tag names in the body, each once. */
  tags: string[];
  /** Attributes that would run something: `on…`. */
  handlers: string[];
  text: string;
  background: string;
  /** Page content wider than the window, in pixels. */
  overflowPx: number;
  /** Pictures with their natural width. */
  images: { alt: string; widthPx: number }[];
}

export interface ShowOptions {
  widthPx?: number;
  colorScheme?: 'light' | 'dark';
  /** Writes a picture of the whole page to this file. */
  screenshot?: string;
}

/** Opens a page from disk and tells what is to be seen. */
export async function showPage(browser: Browser, file: string, options: ShowOptions = {}): Promise<ShownPage> {
  const { widthPx = 1200, colorScheme = 'light', screenshot } = options;
  const context = await browser.newContext({ viewport: { width: widthPx, height: 900 }, colorScheme });
  try {
    const page = await context.newPage();
    const complaints: string[] = [];
    const requests: string[] = [];
    const address = pathToFileURL(file).href;
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('dialog', (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (request.url() !== address && !request.url().startsWith('data:')) requests.push(request.url());
    });
    await page.goto(address, { waitUntil: 'load' });
    const seen = (await page.evaluate(INSPECT)) as Omit<ShownPage, 'complaints' | 'requests'>;
    if (screenshot !== undefined) await page.screenshot({ path: screenshot, fullPage: true });
    return { complaints, requests, ...seen };
  } finally {
    await context.close();
  }
}

/** Runs in the page; text, because this project is compiled without the browser's types. */
const INSPECT = `(() => {
  const all = [...document.body.querySelectorAll('*')];
  const charts = [...document.querySelectorAll('figure.chart svg')].flatMap((svg) => {
    const box = svg.getBoundingClientRect();
    if (box.width === 0) return [];
    const painted = [...svg.querySelectorAll('path, rect, circle')].filter((shape) => {
      const { fill, stroke } = getComputedStyle(shape);
      const size = shape.getBoundingClientRect();
      return (fill !== 'none' || stroke !== 'none') && size.width + size.height > 0;
    });
    return [{
      title: svg.querySelector('title').textContent,
      widthPx: box.width,
      heightPx: box.height,
      marks: painted.length,
      fills: [...new Set(painted.flatMap((shape) => [getComputedStyle(shape).fill, getComputedStyle(shape).stroke]))],
      texts: [...svg.querySelectorAll('text')].map((text) => text.textContent),
    }];
  });
  return {
    charts,
    tags: [...new Set(all.map((element) => element.localName))],
    handlers: all.flatMap((element) => element.getAttributeNames().filter((name) => name.startsWith('on'))),
    text: document.body.textContent,
    background: getComputedStyle(document.body).backgroundColor,
    overflowPx: document.documentElement.scrollWidth - innerWidth,
    images: [...document.images].map((image) => ({ alt: image.alt, widthPx: image.naturalWidth })),
  };
})()`;
