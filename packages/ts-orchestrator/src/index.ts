/** Public names only. */
export { createPool } from './create-pool.ts';
export type { RecycleReason, TaskEvent, WorkerEvent, WorkerIdentity } from './diagnostics/events.ts';
export type { ErrorClass, ErrorCode } from './errors/codes.ts';
export type { Examination, Verdict } from './errors/examination.ts';
export { HeddleError, TaskQuarantinedError, WorkerDiedError, type TaskTrace } from './errors/errors.ts';
export type { IsolationLevel } from './isolation/levels.ts';
export type { CloneCounters, CloneWarning } from './pool/clone-costs.ts';
export type { BackendCost, CalibrationState, Explanation, FunctionExplanation } from './pool/explanation.ts';
export type { PoolOptions } from './pool/pool-options.ts';
export type { PoolStats } from './pool/pool-stats.ts';
export type { Distribution, TimeStats } from './pool/task-times.ts';
export type { CloseOptions, MapItem, Pool } from './pool/pool.ts';
export type { TaskArgs, TaskItem, TaskName, TaskResult, TaskYield } from './task/module-types.ts';
export { sharedArray, type SharedArrayOptions, type SharedArrayType } from './task/shared-array.ts';
export type { TransferItem } from './task/payload.ts';
export type { CallOptions, MapOptions, RetryOptions, RetryPredicate, RunOptions } from './task/task-options.ts';
export type { Backend, ParentDeath } from './transport/transport.ts';
