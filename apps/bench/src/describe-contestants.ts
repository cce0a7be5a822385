// Who took part, as a report tells it: with the version of the package, and the setting it was measured in.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

interface Described {
  readonly label: string;
  readonly setting: string;
  /** Of npm; absent for what is no package. */
  readonly package?: string;
}

/** Version of an installed package, from the package.json above its entry; undefined where it isn't installed. */
function versionOf(name: string): string | undefined {
  try {
    let folder = path.dirname(fileURLToPath(import.meta.resolve(name)));
    while (!fs.existsSync(path.join(folder, 'package.json'))) folder = path.dirname(folder);
    return (JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')) as { version: string }).version;
  } catch {
    return undefined;
  }
}

/** Of the contestants in `all` those in `took`, in the order of `all`. */
export function describeContestants<Name extends string>(
  all: Readonly<Record<Name, Described>>,
  took: ReadonlySet<Name>,
): Partial<Record<Name, { label: string; version?: string; setting: string }>> {
  const names = (Object.keys(all) as Name[]).filter((name) => took.has(name));
  const entries = names.map((name) => {
    const { label, setting, package: of } = all[name];
    const version = of === undefined ? undefined : versionOf(of);
    return [name, { label, setting, ...(version === undefined ? {} : { version }) }] as const;
  });
  return Object.fromEntries(entries) as ReturnType<typeof describeContestants<Name>>;
}
