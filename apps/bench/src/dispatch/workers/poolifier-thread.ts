import { ThreadWorker, type TaskFunctions } from 'poolifier';
import * as tasks from '../tasks.ts';

export default new ThreadWorker({ ...tasks } as unknown as TaskFunctions<unknown, unknown>);
