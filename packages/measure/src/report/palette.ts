/**
 * Colours of the page. Charts are drawn once, with placeholder colours that occur nowhere else; these become CSS
 * variables afterwards, so that the same drawing follows the reader's light or dark setting.
 */

/** Colour of each series, in order of first appearance on the page: [light, dark]. At least 3:1 against the surface. */
const SERIES: readonly (readonly [string, string])[] = [
  ['#6d7a88', '#9aa7b5'],
  ['#2f6fb4', '#74a9e6'],
  ['#7a5cb3', '#b79cec'],
  ['#b06f0a', '#eab254'],
  ['#138376', '#4fc4b4'],
  ['#c24f3a', '#ef9079'],
  ['#66771f', '#b6c662'],
  ['#b0457a', '#eb8cba'],
];

/** Colours by what they are for: [light, dark]. */
const ROLES = {
  ink: ['#1c2228', '#e7ebef'],
  muted: ['#57626e', '#9ba6b2'],
  line: ['#dfe3e8', '#2f363e'],
  strong: ['#b9c1ca', '#4a535d'],
  page: ['#f6f7f9', '#13161a'],
  surface: ['#ffffff', '#1b1f24'],
  raised: ['#f2f4f7', '#23282e'],
  accent: ['#0f766a', '#4fc4b4'],
  accentSoft: ['#e3f4f1', '#15332f'],
  warn: ['#a3341f', '#f19a83'],
  warnSoft: ['#fbe9e5', '#3a1f19'],
} as const;

export type Role = keyof typeof ROLES;

const SERIES_PLACEHOLDER = '#0a01';
const ROLE_PLACEHOLDER = '#0a02';
const roleNames = Object.keys(ROLES) as Role[];

/** Placeholder for the colour of a role inside a chart. */
export function roleColor(role: Role): string {
  return ROLE_PLACEHOLDER + hexByte(roleNames.indexOf(role));
}

/** Placeholder for the colour of series `index`; beyond the palette colours repeat. */
export function seriesColor(index: number): string {
  return SERIES_PLACEHOLDER + hexByte(index % SERIES.length);
}

/** The CSS variable of series `index`. */
export function seriesVariable(index: number): string {
  return `--series-${index % SERIES.length}`;
}

/** Colours of an SVG: placeholders in `fill` and `stroke` become variables. Text content is out of reach: its quotes are escaped. */
export function withVariables(svg: string): string {
  return svg.replace(/\b(fill|stroke)="#0a0([12])([0-9a-f]{2})"/g, (_match, property, table, hex) => {
    const index = Number.parseInt(hex as string, 16);
    const variable = table === '1' ? seriesVariable(index) : `--${kebab(roleNames[index] ?? 'ink')}`;
    return `${property as string}="var(${variable})"`;
  });
}

/** The variables' definitions, for both settings. */
export function colorCss(): string {
  const declarations = (theme: 0 | 1): string =>
    [
      ...roleNames.map((role) => `--${kebab(role)}:${ROLES[role][theme]}`),
      ...SERIES.map((pair, index) => `${seriesVariable(index)}:${pair[theme]}`),
    ].join(';');
  return `:root{color-scheme:light dark;${declarations(0)}}
@media (prefers-color-scheme:dark){:root{${declarations(1)}}}
@media print{:root{color-scheme:light;${declarations(0)}}}`;
}

/** Gives each series name of a page its colour: the same backend looks the same in every chart. */
export class SeriesColors {
  readonly #indexes = new Map<string, number>();

  constructor(order: readonly string[]) {
    for (const name of order) this.indexOf(name);
  }

  indexOf(name: string): number {
    const known = this.#indexes.get(name);
    if (known !== undefined) return known;
    const index = this.#indexes.size;
    this.#indexes.set(name, index);
    return index;
  }
}

function hexByte(value: number): string {
  return value.toString(16).padStart(2, '0');
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
