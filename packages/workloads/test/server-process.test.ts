import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startServer } from '../src/fetch-many/server-process.ts';

describe("fetch-many's server", () => {
  it('answers an unknown path with 404', async () => {
    const server = await startServer();
    onTestFinished(() => server.close());
    const status = await new Promise((resolve, reject) => {
      get(`http://127.0.0.1:${server.port}/items/x`, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on('error', reject);
    });
    expect(status).toBe(404);
  });

  it('ends with its parent, even a killed one', async () => {
    const module = new URL('../dist/fetch-many/server-process.js', import.meta.url);
    const code = `const { startServer } = await import(${JSON.stringify(module.href)}); console.log((await startServer()).pid); setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'pipe'] });
    const [pid] = (await once(parent.stdout, 'data')) as [Buffer];
    expect(Number(pid.toString())).toBeGreaterThan(0);
    parent.kill('SIGKILL');
    // The server shares this pipe: it is at its end once both have ended.
    parent.stderr.resume();
    await once(parent.stderr, 'close');
  });
});
