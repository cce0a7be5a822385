/** Text to HTML. Everything that enters a page goes through here or through `charts.ts`. */

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const REPLACEMENT = '\uFFFD';

/** Text as HTML, in elements and in quoted attributes. */
export function escapeHtml(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/**
 * Text without what no page should carry: control characters other than tab and line break, the marks that turn the
 * direction of the text behind them, and halves of surrogate pairs. Each becomes U+FFFD.
 */
export function printable(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(/(?![\t\n])\p{Cc}|[\u202A-\u202E\u2066-\u2069]|\p{Surrogate}/gu, REPLACEMENT);
}

/** Text with `back-quoted` words as code. */
export function proseHtml(text: string): string {
  return text
    .split(/`([^`]+)`/)
    .map((part, index) => (index % 2 === 1 ? `<code>${escapeHtml(part)}</code>` : escapeHtml(part)))
    .join('');
}

/**
 * JSON for a script block. `<` and what `printable` replaces are written as escapes: nothing in the data can end the
 * block or begin a comment in it, and nothing in it is lost.
 */
export function scriptJson(data: unknown): string {
  const json = JSON.stringify(data) ?? 'null';
  return json.replace(
    /[<>&\u2028\u2029\u202A-\u202E\u2066-\u2069]|\p{Cc}/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A data: URI of bytes. */
export function dataUri(mime: 'image/png', bytes: Uint8Array): string {
  return `data:${mime};base64,${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')}`;
}
