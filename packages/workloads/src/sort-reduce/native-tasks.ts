/** Task module: sorting by the native kernel. Apart from the others, so that only this kind loads the addon. */
import { sortSync } from '@heddle/core-native';
import { move } from '@heddle/ts-orchestrator/task';

export function sortValuesNative(keys: Float64Array, threads: number): Float64Array {
  sortSync(keys, { threads });
  return move(keys, [keys.buffer as ArrayBuffer]);
}
