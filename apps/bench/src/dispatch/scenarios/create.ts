// Which function does which work.
import { busy, latency } from './busy-tasks.ts';
import { idle, memory, start } from './fresh-program.ts';
import { array, objects } from './payloads.ts';
import type { Place, Scenario, Work, WorkOf } from './scenario.ts';
import { awaited, flood, map } from './small-tasks.ts';

const SCENARIOS: { [K in Work['kind']]: (place: Place, work: WorkOf<K>) => Promise<Scenario> } = {
  awaited,
  flood,
  map,
  array,
  objects,
  busy,
  latency,
  start,
  memory,
  idle,
};

export function createScenario<K extends Work['kind']>(place: Place, work: WorkOf<K>): Promise<Scenario> {
  const create = SCENARIOS[work.kind as K] as (place: Place, work: WorkOf<K>) => Promise<Scenario>;
  return create(place, work);
}
