// The arrows between packages, between the rooms of the orchestrator, and out of the repository.
// Pure checks: they take texts and tables and return one sentence per violation, so that each can be seen to fail.
import { builtinModules } from 'node:module';
import path from 'node:path';
import { parseAst } from 'vitest/node';

/** layer -> layers it may use. Arrows point down only; what isn't listed is not allowed. */
export const ARROWS: Readonly<Record<string, readonly string[]>> = {
  app: [
    'workloads',
    'measure',
    'cluster-bullmq',
    'ts-orchestrator',
    'sync',
    'advisor',
    'machine',
    'core-js',
    'core-native',
  ],
  workloads: ['ts-orchestrator', 'sync', 'machine', 'core-js', 'core-native'],
  measure: ['machine'],
  'cluster-bullmq': ['ts-orchestrator', 'codec', 'machine'],
  'ts-orchestrator': ['advisor', 'codec', 'machine', 'core-native'],
  'core-native': ['machine'],
  'core-js': [],
  machine: [],
  advisor: [],
  codec: [],
  sync: ['codec', 'core-native'],
};

/** Published package -> what it may bring along from outside of the repository. */
export const OUTSIDE: Readonly<Record<string, readonly string[]>> = {
  '@heddle/advisor': [],
  '@heddle/cluster-bullmq': ['bullmq', 'ioredis'],
  '@heddle/core-js': [],
  '@heddle/core-native': ['node-addon-api'],
  '@heddle/machine': [],
  '@heddle/measure': ['echarts'],
  '@heddle/sync': [],
  '@heddle/ts-orchestrator': [],
};

/** Rooms of the orchestrator in the order of the life of a task; a room uses lower ranks only. Files at the top: TOP_RANK. */
export const ROOM_RANKS: Readonly<Record<string, number>> = {
  errors: 0,
  clock: 0,
  liveness: 1,
  task: 1,
  diagnostics: 1,
  isolation: 1,
  queue: 2,
  transport: 2,
  entry: 3,
  pool: 3,
  supervisor: 4,
  auto: 4,
};
export const TOP_RANK = 5;

export interface ProjectGraph {
  readonly nodes: Readonly<
    Record<string, { readonly data: { readonly root: string; readonly tags?: readonly string[] } }>
  >;
  readonly dependencies: Readonly<Record<string, readonly { readonly source: string; readonly target: string }[]>>;
}

export interface SourceFile {
  /** Relative to the repository, with forward slashes. */
  readonly file: string;
  readonly text: string;
}

export interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;
const literal = (value: unknown): string | undefined =>
  isNode(value) && typeof value['value'] === 'string' ? value['value'] : undefined;

/** The module that one node of the syntax tree names: imports of every kind, type imports, and files named by `new URL`. */
function specifierOf(node: Node): string | undefined {
  const type = node['type'];
  if (type === 'NewExpression') {
    const [first, second] = node['arguments'] as readonly unknown[];
    const isUrl = isNode(node['callee']) && node['callee']['name'] === 'URL' && second !== undefined;
    return isUrl ? literal(first) : undefined;
  }
  const isImport =
    type === 'ImportDeclaration' ||
    type === 'ExportAllDeclaration' ||
    type === 'ExportNamedDeclaration' ||
    type === 'ImportExpression' ||
    type === 'TSImportType';
  return isImport ? literal(node['source']) : undefined;
}

/** Every module that a TypeScript source names, once each. */
export function importsOf({ file, text }: SourceFile): string[] {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (isNode(value)) {
      const specifier = specifierOf(value);
      if (specifier !== undefined) found.add(specifier);
      Object.values(value).forEach(visit);
    }
  };
  try {
    visit(parseAst(text, { lang: 'ts' }));
  } catch (error) {
    throw new Error(`${file} can't be parsed`, { cause: error });
  }
  return [...found];
}

/** Dependencies between projects against the table of arrows. Each project but the root carries exactly one layer tag. */
export function checkProjects(graph: ProjectGraph, arrows = ARROWS): string[] {
  const problems: string[] = [];
  const layers = new Map<string, string>();
  for (const [name, { data }] of Object.entries(graph.nodes)) {
    if (data.root === '.') continue;
    const [tag, ...more] = (data.tags ?? []).filter((text) => text.startsWith('layer:'));
    const layer = tag?.slice('layer:'.length);
    if (layer === undefined || more.length > 0) problems.push(`${name}: needs exactly one tag "layer:…"`);
    else if (!(layer in arrows)) problems.push(`${name}: unknown layer ${layer}`);
    else layers.set(name, layer);
  }
  for (const { source, target } of Object.values(graph.dependencies).flat()) {
    const from = layers.get(source);
    const to = layers.get(target);
    if (from !== undefined && to !== undefined && !arrows[from]!.includes(to)) {
      problems.push(`${source} (${from}) must not depend on ${target} (${to})`);
    }
  }
  return problems;
}

/** `@scope/name/sub` -> `@scope/name`. */
const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/**
 * Sources of one project: relative imports stay inside of its folder, other imports are declared in its package.json
 * (so that the graph of projects knows them, and so that the package works outside of the repository). A published package may
 * use a package of this repository that it needs for its build alone, because its bundles hold that then.
 */
export function checkSources(projectDir: string, manifest: Manifest, files: readonly SourceFile[]): string[] {
  const declared = new Set([
    manifest.name,
    ...Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.peerDependencies }),
    // A private package only runs in this repository, where they are installed.
    ...Object.keys((manifest.private && manifest.devDependencies) || {}),
    ...Object.keys((manifest.scripts?.['build']?.includes('tools/bundle.mjs') && manifest.devDependencies) || {}),
  ]);
  const problems: string[] = [];
  for (const source of files) {
    for (const specifier of importsOf(source)) {
      if (specifier.startsWith('.')) {
        const target = path.posix.join(path.posix.dirname(source.file), specifier);
        if (!target.startsWith(`${projectDir}/`)) problems.push(`${source.file}: ${specifier} leaves ${projectDir}`);
      } else if (!specifier.includes(':') && !builtinModules.includes(specifier)) {
        const name = packageOf(specifier);
        if (!declared.has(name)) problems.push(`${source.file}: ${name} is not a dependency of ${manifest.name}`);
      }
    }
  }
  return problems;
}

/** Imports between the rooms (folders) of `srcDir` against their ranks. */
export function checkRooms(srcDir: string, files: readonly SourceFile[], ranks = ROOM_RANKS): string[] {
  const roomOf = (file: string): string => {
    const [room = '', ...rest] = path.posix.relative(srcDir, file).split('/');
    return rest.length > 0 ? room : '';
  };
  const rankOf = (room: string): number | undefined => (room === '' ? TOP_RANK : ranks[room]);
  const problems: string[] = [];
  for (const source of files) {
    const from = roomOf(source.file);
    const rank = rankOf(from);
    if (rank === undefined) {
      problems.push(`${source.file}: the room ${from} has no rank`);
      continue;
    }
    for (const specifier of importsOf(source).filter((text) => text.startsWith('.'))) {
      const to = roomOf(path.posix.join(path.posix.dirname(source.file), specifier));
      const targetRank = rankOf(to);
      if (to === from || (targetRank !== undefined && targetRank < rank)) continue;
      problems.push(
        `${source.file} (${from || 'top'}, ${rank}) must not import ${specifier} (${to || 'top'}, ${targetRank})`,
      );
    }
  }
  return problems;
}

/** An optional package is loaded by at most one file: what is missing is found out, and said, in one place. */
export function checkOneUser(name: string, files: readonly SourceFile[]): string[] {
  const users = files.filter((source) => importsOf(source).some((specifier) => packageOf(specifier) === name));
  return users.length > 1 ? [`${name} is imported by ${users.map(({ file }) => file).join(' and ')}`] : [];
}

/** What published packages bring along from outside of the repository. */
export function checkOutside(manifests: readonly Manifest[], allowed = OUTSIDE): string[] {
  const own = new Set(manifests.map(({ name }) => name));
  const problems: string[] = [];
  for (const manifest of manifests) {
    if (manifest.private) continue;
    const list = allowed[manifest.name];
    if (list === undefined) {
      problems.push(`${manifest.name}: a published package says here what it may bring along`);
      continue;
    }
    const optional = manifest.peerDependenciesMeta ?? {};
    const peers = Object.keys(manifest.peerDependencies ?? {}).filter((name) => optional[name]?.optional !== true);
    const names = [...Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }), ...peers];
    for (const name of names) {
      // The packages of one platform each hold nothing but this package's own binary.
      const isOwn = own.has(name) || name.startsWith(`${manifest.name}-`);
      if (!isOwn && !list.includes(name)) problems.push(`${manifest.name} must not bring along ${name}`);
    }
  }
  return problems;
}
