/**
 * The only file that knows the optional package @heddle/core-native: its services of the operating system. Everything works
 * without it.
 */
export interface OsServices {
  /** The signal this process gets when its parent ends. False: not possible here, or the parent has ended already. */
  setParentDeathSignal(signal: NodeJS.Signals, parentPid: number): boolean;
}

/** Loads the services; undefined when the package isn't installed, or its binary isn't built for this machine. */
export async function loadOsServices(): Promise<OsServices | undefined> {
  // Not a literal: the package is optional, so the types of this one must not need it.
  const specifier: string = '@heddle/core-native/os';
  try {
    const services = (await import(specifier)) as OsServices & { threadId?: () => number };
    // The package loads without its binary; the first call tells.
    services.threadId?.();
    return typeof services.setParentDeathSignal === 'function' ? services : undefined;
  } catch {
    return undefined;
  }
}
