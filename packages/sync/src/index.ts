/** Public names of @heddle/sync. */
export { Mutex, type MutexHandle } from './mutex/mutex.ts';
export type { MutexGuard } from './line/guard.ts';
export {
  Semaphore,
  type AcquireOptions,
  type AcquireSyncOptions,
  type SemaphoreHandle,
} from './semaphore/semaphore.ts';
export type { Permit } from './semaphore/permit.ts';
export { RwLock, type RwLockHandle, type WriteGuard } from './rw-lock/rw-lock.ts';
export type { ReadGuard } from './rw-lock/read-guard.ts';
export { Condition, type ConditionHandle } from './condition/condition.ts';
export { Once, type OnceHandle } from './once/once.ts';
export { Latch, type LatchHandle } from './latch/latch.ts';
export { Barrier, type BarrierHandle } from './barrier/barrier.ts';
export { Channel, type ChannelHandle, type ChannelOptions, type ChannelStats } from './channel/channel.ts';
export type { Across, CreateOptions, LockOptions, LockSyncOptions, OpenOptions } from './options.ts';
export { AtomicCounter, type AtomicCounterHandle } from './counter/counter.ts';
export { attach } from './registry/membership.ts';
export { checkLockOrder, lockOrderInversions, type LockOrderInversion } from './order/lock-order.ts';
export { DeadlockError, SyncError, type DeadlockedWait, type SyncErrorCode } from './errors.ts';
export { inherit } from './registry/inherit.ts';
export type { SyncHandle } from './registry/shared-memory.ts';
export type { SegmentName } from './registry/segments.ts';
