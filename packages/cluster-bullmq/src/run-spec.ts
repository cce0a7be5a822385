/** What a run is: the same for everybody who joins it. Travels as JSON, `is` in the run's hash. */
export interface RunIdentity {
  /** Module id. */
  readonly module: string;
  /** Name of the exported function. */
  readonly name: string;
  /** `items`: each input is the one argument; `call`: the one input is the list of arguments. */
  readonly form: 'items' | 'call';
}

/** How its inputs are run: who joined it last says so. Travels as JSON, `how` in the run's hash. */
export interface RunManner {
  /** As of a pool's map. */
  readonly timeoutMs: number | null;
  /** Times that an input may end its worker, or be under way when its node dies. */
  readonly attempts: number;
  readonly retryOn: 'crash' | 'error';
  readonly retryDelayMs: number;
  readonly expiryMs: number;
}

export type RunSpec = RunIdentity & RunManner;

/** `border` of a chunk: how many inputs it has, and a digest of them. */
export const borderOf = (count: number, digest: string): string => `${count}:${digest}`;
export function parseBorder(border: string): { readonly count: number; readonly digest: string } {
  const [count, digest = ''] = border.split(':');
  return { count: Number(count), digest };
}
