import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  checkOneUser,
  checkOutside,
  checkProjects,
  checkRooms,
  checkSources,
  type Manifest,
  type ProjectGraph,
  type SourceFile,
} from './boundaries.ts';
import { projectDirs, readManifest, REPOSITORY } from './repository.ts';

function nxGraph(): ProjectGraph {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'heddle-graph-'));
  try {
    const file = path.join(dir, 'graph.json');
    const nx = path.join(REPOSITORY, 'node_modules/nx/dist/bin/nx.js');
    const env = { ...process.env, NX_DAEMON: 'false', NX_NO_CLOUD: 'true', NX_TUI: 'false' };
    execFileSync(process.execPath, [nx, 'graph', `--file=${file}`], { cwd: REPOSITORY, env, stdio: 'pipe' });
    return (JSON.parse(fs.readFileSync(file, 'utf8')) as { graph: ProjectGraph }).graph;
  } finally {
    fs.rmSync(dir, { recursive: true });
  }
}

function sourcesOf(projectDir: string): SourceFile[] {
  const src = path.join(REPOSITORY, projectDir, 'src');
  return fs
    .readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({
      file: `${projectDir}/src/${name.replaceAll(path.sep, '/')}`,
      text: fs.readFileSync(path.join(src, name), 'utf8'),
    }));
}

describe('this repository', () => {
  it('has arrows between projects that point down only', () => {
    const graph = nxGraph();
    const names = projectDirs().map((dir) => readManifest(dir).name);
    expect(Object.keys(graph.nodes)).toEqual(expect.arrayContaining(names));
    expect(checkProjects(graph)).toEqual([]);
  });

  it.each(projectDirs())('%s imports what it declares and stays in its folder', (dir) => {
    const files = sourcesOf(dir);
    expect(files).not.toEqual([]);
    expect(checkSources(dir, readManifest(dir), files)).toEqual([]);
  });

  it('has rooms in the orchestrator that use lower ranks only', () => {
    expect(checkRooms('packages/ts-orchestrator/src', sourcesOf('packages/ts-orchestrator'))).toEqual([]);
  });

  it.each(['packages/ts-orchestrator', 'packages/sync'])(
    'keeps the native core an option of %s: one file imports it',
    (dir) => {
      expect(checkOneUser('@heddle/core-native', sourcesOf(dir))).toEqual([]);
    },
  );

  it('publishes packages that bring nothing along', () => {
    expect(checkOutside(projectDirs().map(readManifest))).toEqual([]);
  });
});

describe('a planted violation is found', () => {
  const project = (root: string, ...tags: string[]) => ({ data: { root, tags } });
  const graph = (from: string, to: string): ProjectGraph => ({
    nodes: { a: project('packages/a', `layer:${from}`), b: project('packages/b', `layer:${to}`) },
    dependencies: { a: [{ source: 'a', target: 'b' }] },
  });

  it.each([
    ['machine', 'core-js'],
    ['measure', 'workloads'],
    ['app', 'app'],
    ['core-js', 'core-native'],
  ])('arrow: %s uses %s', (from, to) => {
    expect(checkProjects(graph(from, to))).toEqual([`a (${from}) must not depend on b (${to})`]);
    expect(checkProjects(graph('app', 'machine'))).toEqual([]);
  });

  it.each([[[]], [['layer:machine', 'layer:app']]])('tags: %j', (tags) => {
    const nodes = { a: project('packages/a', ...tags) };
    expect(checkProjects({ nodes, dependencies: {} })).toEqual(['a: needs exactly one tag "layer:…"']);
  });

  it('layer: one that the table does not know', () => {
    const nodes = { a: project('packages/a', 'layer:attic'), root: project('.') };
    expect(checkProjects({ nodes, dependencies: {} })).toEqual(['a: unknown layer attic']);
  });

  const manifest: Manifest = { name: '@heddle/a', dependencies: { '@heddle/b': '1' }, peerDependencies: { c: '1' } };
  const check = (text: string) =>
    checkSources('packages/a', manifest, [{ file: 'packages/a/src/room/x.ts', text }]).length;

  it.each([
    [`import { x } from '../../../b/src/x.ts';`],
    [`import type { X } from '../../../b/src/x.ts';`],
    [`export * from '../../../b/src/x.ts';`],
    [`export { x } from '../../../ab/src/x.ts';`],
    [`import '../../../b/src/x.ts';`],
    [`const x = await import('../../../b/src/x.ts');`],
    [`type X = import('../../../b/src/x.ts').X;`],
    [`new Worker(new URL('../../../b/dist/x.js', import.meta.url));`],
    [`import { d } from 'd';`],
    [`import { d } from '@heddle/d/sub';`],
  ])('source: %s', (text) => {
    expect(check(text)).toBe(1);
  });

  it('source: what is allowed passes', () => {
    const lines = [
      `import fs from 'node:fs';`,
      `import os from 'os';`,
      `import { y } from '../y.ts';`,
      `import p from '../../package.json' with { type: 'json' };`,
      `import { b } from '@heddle/b/sub';`,
      `import { c } from 'c';`,
      `import { self } from '@heddle/a';`,
      `// import { d } from 'd';`,
      `const text = "import { d } from 'd'";`,
      `new URL('http://localhost'); new URL('data:text/plain,', 'x:/');`,
    ];
    expect(check(lines.join('\n'))).toBe(0);
  });

  it('source: what is needed for the build alone, without a bundle that holds it', () => {
    const uses = (build: string, isPrivate = false) =>
      checkSources(
        'packages/a',
        { name: '@heddle/a', private: isPrivate, devDependencies: { b: '1' }, scripts: { build } },
        [{ file: 'packages/a/src/x.ts', text: `import { b } from 'b';` }],
      );
    expect(uses('tsc -b')).toHaveLength(1);
    expect(uses('tsc -b && node tools/bundle.mjs')).toEqual([]);
    expect(uses('tsc -b', true)).toEqual([]);
  });

  const rooms = (file: string, specifier: string) =>
    checkRooms('packages/o/src', [{ file: `packages/o/src/${file}`, text: `import '${specifier}';` }]);

  it.each([
    ['errors/errors.ts', '../task/task.ts'],
    ['errors/errors.ts', '../clock/clock.ts'],
    ['queue/queue.ts', '../transport/transport.ts'],
    ['pool/pool.ts', '../entry/run-task.ts'],
    ['pool/pool.ts', '../supervisor/supervisor.ts'],
    ['supervisor/supervisor.ts', '../create-pool.ts'],
    ['supervisor/supervisor.ts', '../attic/x.ts'],
    ['attic/x.ts', '../errors/errors.ts'],
  ])('room: %s imports %s', (file, specifier) => {
    expect(rooms(file, specifier)).toHaveLength(1);
  });

  it.each([
    ['errors/errors.ts', './codes.ts'],
    ['pool/deep/pool.ts', '../pool-options.ts'],
    ['pool/pool.ts', '../errors/errors.ts'],
    ['create-pool.ts', './supervisor/supervisor.ts'],
    ['index.ts', './create-pool.ts'],
  ])('room: %s may import %s', (file, specifier) => {
    expect(rooms(file, specifier)).toEqual([]);
  });

  it('one user: a second file that imports the option', () => {
    const user = (file: string) => ({ file, text: `const core = await import('@heddle/core-native/os');` });
    expect(checkOneUser('@heddle/core-native', [user('a.ts')])).toEqual([]);
    expect(checkOneUser('@heddle/core-native', [user('a.ts'), user('b.ts')])).toHaveLength(1);
  });

  const publish = (more: Partial<Manifest>) => checkOutside([{ name: '@heddle/machine', ...more }, manifestOfCore]);
  const manifestOfCore: Manifest = { name: '@heddle/core-js' };

  it('outside: every way to bring a package along', () => {
    expect(publish({ dependencies: { x: '1' } })).toEqual(['@heddle/machine must not bring along x']);
    expect(publish({ optionalDependencies: { x: '1' } })).toHaveLength(1);
    expect(publish({ peerDependencies: { x: '1' } })).toHaveLength(1);
    expect(checkOutside([{ name: '@heddle/attic' }])).toHaveLength(1);
  });

  it('outside: optional peers, own packages and platform packages pass', () => {
    expect(publish({ peerDependencies: { x: '1' }, peerDependenciesMeta: { x: { optional: true } } })).toEqual([]);
    expect(publish({ dependencies: { '@heddle/core-js': '1' } })).toEqual([]);
    expect(publish({ optionalDependencies: { '@heddle/machine-linux-x64-gnu': '1' } })).toEqual([]);
    expect(checkOutside([{ name: '@heddle/attic', private: true, dependencies: { x: '1' } }])).toEqual([]);
  });
});
