import { describe, expect, it } from 'vitest';
import { startProgram } from '../programs.ts';

/** What the tasks of fixtures/prints.mjs print. */
const PRINTED =
  [
    '[printers worker-1 prints] one',
    '[printers worker-1 prints] two',
    '[printers worker-1 prints] from stderr',
    '[printers worker-1 prints] no line end but byteslogged',
    '[printers worker-1 printsLater] later',
  ].join('\n') + '\n';

describe('what tasks print in the host goes to its stderr, and nothing else does', () => {
  it.each(['fresh', 'used', 'worker'])('streams: %s', async (manner) => {
    const { code, stdout, stderr } = await startProgram('prints-inline.mjs', [manner]).ended;
    expect(stdout).toBe(`${manner === 'used' ? 'before\n' : ''}beside\nafter, as before\n`);
    expect(stderr).toBe(PRINTED);
    expect(code).toBe(0);
  });

  it('streams that nobody asks for are as they were', async () => {
    const { stdout, stderr } = await startProgram('prints-inline.mjs', ['never']).ended;
    expect(stdout).toBe('after, as before\n');
    expect(stderr).toBe('');
  });
});
