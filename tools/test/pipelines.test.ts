import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectDirs, readJson, readManifest, REPOSITORY } from './repository.ts';

interface Target {
  readonly dependsOn?: readonly (string | { readonly projects: readonly string[]; readonly target: string })[];
  readonly outputs?: readonly string[];
}

/** nx keeps what one project alone needs in its package.json, turbo under `project#target`. */
const nx = (readJson('nx.json') as { targetDefaults: Record<string, Target> }).targetDefaults;
const turboTasks = Object.entries((readJson('turbo.json') as { tasks: Record<string, Target> }).tasks);
const turbo = Object.fromEntries(turboTasks.filter(([name]) => !name.includes('#')));
const manifests = projectDirs().map(readManifest);

/** nx writes outputs from the root and a folder as it is, turbo from the project and a folder as a pattern. */
const asNx = (output: string) => `{projectRoot}/${output.replace(/\/\*\*$/, '')}`;

describe('the two pipelines', () => {
  it('name the same targets', () => {
    expect(Object.keys(nx).sort()).toEqual(Object.keys(turbo).sort());
  });

  it.each(Object.keys(nx))('%s: same order, same outputs', (target) => {
    expect([...(turbo[target]?.dependsOn ?? [])].sort()).toEqual([...(nx[target]?.dependsOn ?? [])].sort());
    expect((turbo[target]?.outputs ?? []).map(asNx).sort()).toEqual([...(nx[target]?.outputs ?? [])].sort());
  });

  it('add the same edges to single projects', () => {
    const ofTurbo = turboTasks.filter(([name]) => name.includes('#')).map(([name, { dependsOn }]) => [name, dependsOn]);
    const ofNx = manifests.flatMap((manifest) =>
      Object.entries((manifest as { nx?: { targets?: Record<string, Target> } }).nx?.targets ?? {}).map(
        ([target, { dependsOn = [] }]) => [
          `${manifest.name}#${target}`,
          dependsOn.flatMap((edge) =>
            typeof edge === 'string' ? [edge] : edge.projects.map((project) => `${project}#${edge.target}`),
          ),
        ],
      ),
    );
    expect(ofTurbo).toEqual(ofNx);
    expect(ofNx).not.toEqual([]);
  });

  it.each(Object.keys(nx))('%s is a script of some project', (target) => {
    expect(manifests.filter(({ scripts }) => scripts?.[target] !== undefined)).not.toEqual([]);
  });

  it('depend on targets that exist', () => {
    const used = Object.values(nx).flatMap(({ dependsOn = [] }) => dependsOn);
    expect(used.filter((name) => nx[String(name).replace('^', '')] === undefined)).toEqual([]);
  });

  it('keep what they produce out of git', () => {
    const ignored = fs.readFileSync(path.join(REPOSITORY, '.gitignore'), 'utf8').split('\n');
    const tops = Object.values(nx)
      .flatMap(({ outputs = [] }) => outputs)
      .map((output) =>
        output
          .replace('{projectRoot}/', '')
          .split('/')
          .find((part) => ignored.includes(`${part}/`)),
      );
    expect(tops).not.toContain(undefined);
  });
});
