// Task module of the price list: what is timed is the trip, so the tasks do next to nothing.

export function nothing(): number {
  return 0;
}

export function echo(values: Float64Array): Float64Array {
  return values;
}

export function addOne(values: Float64Array): number {
  values[0] = (values[0] ?? 0) + 1;
  return values.length;
}

/** Some milliseconds of work, so that several tasks are on their way when another one aborts. */
export function spin(rounds: number): number {
  let state = 1;
  for (let i = 0; i < rounds; i++) state = (Math.imul(state, 1664525) + 1013904223) | 0;
  return state;
}

/** Crashes as a faulty native add-on does: by a segmentation fault of the process it runs in. */
export function crash(): never {
  process.kill(process.pid, 'SIGSEGV');
  for (;;); // the signal comes at the next moment the system chooses
}
