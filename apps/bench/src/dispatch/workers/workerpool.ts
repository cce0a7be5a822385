import workerpool from 'workerpool';
import * as tasks from '../tasks.ts';

workerpool.worker({
  ...tasks,
  bumpMoved: (array: Float64Array) => new workerpool.Transfer(tasks.bump(array), [array.buffer as ArrayBuffer]),
});
