// A fresh program of the suite, and what it says on stdout.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** `word`: its only argument. Throws where it fails. */
export async function runProgram<Said>(program: string, word: string, env = process.env): Promise<Said> {
  const child = spawn(process.execPath, [program, word], { stdio: ['ignore', 'pipe', 'inherit'], env });
  const [said, [code, signal]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  if (code !== 0) throw new Error(`the program ended with ${String(signal ?? code)}`);
  return JSON.parse(said) as Said;
}
