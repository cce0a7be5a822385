// Where there is no memory that processes share.
import { describe, expect, it } from 'vitest';
import { runProgram } from '../support.ts';

describe('without the addon', () => {
  it('one error says what to do, and threads need none', () => {
    const { stdout, stderr } = runProgram(
      'Mutex',
      `process.env.HEDDLE_NATIVE_PATH = '/nowhere.node';
      try { Mutex.create({ across: 'processes' }); } catch (error) { console.log(error.code, error.message); }
      Mutex.create().tryLock().release();`,
    );
    expect(stderr).toBe('');
    expect(stdout).toMatch(
      /^SYNC_UNAVAILABLE across: 'processes' can't be had here \(.*it needs Linux and @heddle\/core-native/,
    );
    expect(stdout.trim().split('\n')).toHaveLength(1);
  });
});
