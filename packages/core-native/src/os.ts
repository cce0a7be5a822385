export { createEventFd, openEventFd, type EventFd } from './os/event-fd.ts';
export { receiveDescriptor, receiveSegment, sendDescriptor, sendSegment } from './os/segment-mail.ts';
export {
  createSharedSegment,
  openSharedSegment,
  sharedSegmentOf,
  SEGMENT_BYTES_MAX,
  type SegmentOptions,
  type SharedSegment,
} from './os/shared-segment.ts';
export { forwardWord, waitOnWord, wakeWord } from './os/shared-word.ts';
export { setParentDeathSignal, threadCpuTime, threadId } from './os/thread.ts';
