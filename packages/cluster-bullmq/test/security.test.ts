// A user of Redis who may use its project's keys alone, over TLS.
import { execFile, execFileSync } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { createClusterPool } from '@heddle/cluster-bullmq';
import { errorOf, FIXTURES, startProgram, TASKS } from './helpers.ts';
import { describeWithRedis, freePort, startRedis, temporaryFolder } from './redis-server.ts';

/** A missing one is a failure where tools are required. */
const isOpenSslThere = (() => {
  if (process.env['HEDDLE_REQUIRE_TOOLS'] === '1') return true;
  try {
    execFileSync('openssl', ['version'], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
})();

describeWithRedis('user, password and TLS', () => {
  it.skipIf(!isOpenSslThere)(`in the address${isOpenSslThere ? '' : ' (skipped: install openssl)'}`, async () => {
    const folder = temporaryFolder();
    const [key, certificate] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    const request = [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-keyout',
      key,
      '-out',
      certificate,
    ];
    execFileSync('openssl', [...request, ...subject], { stdio: 'pipe' });
    const port = await freePort();
    const redis = await startRedis([
      'bind 127.0.0.1',
      `tls-port ${port}`,
      `tls-cert-file ${certificate}`,
      `tls-key-file ${key}`,
      'tls-auth-clients no',
      'user maker on >mine ~{heddle:maps}:* &{heddle:maps}:* +@all',
    ]);
    const url = `rediss://maker:mine@localhost:${port}`;
    // A certificate that nobody vouches for is refused.
    expect(await errorOf(createClusterPool(TASKS, { redis: url, root: FIXTURES }))).toMatchObject({
      code: 'CLUSTER_REDIS_UNREACHABLE',
    });
    const env = { NODE_EXTRA_CA_CERTS: certificate };
    await startProgram({ ...redis, url }, { project: 'maps' }, env);
    const order = {
      module: TASKS,
      pool: { redis: url, root: FIXTURES, project: 'maps' },
      name: 'square',
      items: [1, 2, 3],
    };
    const client = path.join(FIXTURES, 'client.mjs');
    const { stdout } = await promisify(execFile)(process.execPath, [client, JSON.stringify(order)], {
      env: { ...process.env, ...env },
    });
    const items = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(items).toEqual([1, 4, 9].map((value, index) => ({ index, value })));
    // Keys of another project are not this user's.
    const other = { ...order, pool: { ...order.pool, project: 'other' } };
    const { stderr } = (await errorOf(
      promisify(execFile)(process.execPath, [client, JSON.stringify(other)], { env: { ...process.env, ...env } }),
    )) as { stderr?: string };
    expect(stderr).toContain('CLUSTER_REDIS_AUTH');
    expect(stderr).not.toContain('mine');
  });
});
