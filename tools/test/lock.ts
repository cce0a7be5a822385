// What a lock must hold so that `npm ci` takes it everywhere: `npm install` silently leaves out the platform packages
// that the registry doesn't carry, and the next `npm ci` refuses such a lock.

export interface LockEntry {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export interface Lock {
  readonly packages: Readonly<Record<string, LockEntry>>;
}

/** One sentence per violation: registry addresses, packages without a hash, optional dependencies left out. */
export function checkLock({ packages }: Lock): string[] {
  const problems: string[] = [];
  for (const [place, entry] of Object.entries(packages)) {
    if (entry.resolved !== undefined && /^(https?|git|file)[:+]/.test(entry.resolved)) {
      problems.push(`${place}: names the registry ${entry.resolved}`);
    }
    const isInstalled = place.includes('node_modules/') && entry.link !== true;
    if (isInstalled && entry.integrity === undefined) problems.push(`${place}: has no integrity hash`);
    for (const name of Object.keys(entry.optionalDependencies ?? {})) {
      if (!isFound(packages, place, name)) problems.push(`${place}: its optional dependency ${name} is missing`);
    }
  }
  return problems;
}

/** As Node looks it up: in the node_modules of the place itself, then of every folder above. */
function isFound(packages: Lock['packages'], place: string, name: string): boolean {
  for (let dir = place; ; dir = dir.slice(0, Math.max(0, dir.lastIndexOf('/')))) {
    if (packages[`${dir === '' ? '' : `${dir}/`}node_modules/${name}`] !== undefined) return true;
    if (dir === '') return false;
  }
}
