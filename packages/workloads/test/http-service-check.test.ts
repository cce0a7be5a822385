import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { check } from '../src/http-service/check.ts';
import { INVOICES } from '../src/http-service/input.ts';
import type { LoadReport } from '../src/http-service/load.ts';
import { renderInvoice } from '../src/http-service/page.ts';

const right = Array.from({ length: INVOICES }, (_, invoice) => renderInvoice(invoice));
const problemOf = async (pages: (string | undefined)[], changed = 0) =>
  (await check({ pages, changed } as LoadReport)).problem;

describe('the check of http-service', () => {
  it('sees pages that are missing, exchanged, cut, or other than before', async () => {
    expect(await problemOf(right)).toBeUndefined();
    expect(await problemOf(right.with(3, undefined as never))).toBe('invoice 3 was never answered');
    expect(await problemOf(right.with(3, right[4]!))).toBe("invoice 3 is another one's page");
    expect(await problemOf(right.with(3, right[3]!.replace('<tr>', '')))).toMatch('does not have its checksum');
    expect(await problemOf(right, 2)).toBe('2 answers differ from an earlier one for the same invoice');
  });

  it('gives names in pages as text', () => {
    const page = right.join('');
    expect(page).toContain('Cable &lt;2 m&gt;');
    expect(page).not.toContain('<2 m>');
  });
});

describe('the programs of http-service', () => {
  it.each(['processes', 'cluster'])('%s: all end with their parent, even a killed one', async (kind) => {
    const module = new URL('../dist/http-service/programs.js', import.meta.url);
    const code = `const { startPrograms } = await import(${JSON.stringify(module.href)}); await startPrograms('${kind}', 2); console.log('up'); setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'pipe'] });
    await once(parent.stdout, 'data');
    parent.kill('SIGKILL');
    // Service, its workers and the load share this pipe: it is at its end once all have ended.
    parent.stderr.resume();
    await once(parent.stderr, 'close');
  });
});
