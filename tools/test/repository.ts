// Where things are in the repository, for the tests about the repository itself.
import fs from 'node:fs';
import path from 'node:path';
import type { Manifest } from './boundaries.ts';

export const REPOSITORY = path.resolve(import.meta.dirname, '../..');

export const readJson = (file: string): unknown => JSON.parse(fs.readFileSync(path.join(REPOSITORY, file), 'utf8'));

/** Folders of all projects, such as `packages/machine`. */
export function projectDirs(): string[] {
  return ['packages', 'apps'].flatMap((group) =>
    fs
      .readdirSync(path.join(REPOSITORY, group))
      .filter((name) => fs.existsSync(path.join(REPOSITORY, group, name, 'package.json')))
      .map((name) => `${group}/${name}`),
  );
}

export const readManifest = (dir: string): Manifest => readJson(`${dir}/package.json`) as Manifest;
