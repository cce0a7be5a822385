/** How handles go to a child process that no pool starts: their memory as descriptors in its `stdio`. */
import { checkCount } from '../options.ts';
import { show, syncError } from '../errors.ts';
import { isSegmentName, type SegmentName } from './segments.ts';

/** Descriptors of a process: 0 to 2 are its standard streams. */
const FD_MAX = 2 ** 31 - 1;

/**
 * For a child process that this one starts: `handles`, a handle or a list or object of handles made across processes, as they are to be opened
 * there, and the descriptors to give the child at the places from `firstFd` on.
 *
 *     const { handles, descriptors } = inherit({ lock: mutex.handle }, 4);
 *     const child = fork(file, { stdio: ['inherit', 'inherit', 'inherit', 'ipc', ...descriptors] });
 *     child.send(handles);                      // there: Mutex.from(handles.lock)
 *
 * They are plain data, for a message, an argument or the environment. Keep what the handles are of until the child has opened them.
 *
 * @param firstFd where the descriptors stand in the child's `stdio`, 3 or more.
 * @throws {SyncError} SYNC_ARGUMENT, SYNC_HANDLE: made across threads.
 */
export function inherit<Handles extends object>(
  handles: Handles,
  firstFd: number,
): { readonly handles: Handles; readonly descriptors: readonly number[] } {
  checkCount('firstFd of inherit()', firstFd, 3, FD_MAX);
  const placeOf = new Map<number, number>();
  const descriptors: number[] = [];
  const rename = (name: SegmentName): SegmentName => {
    if (!placeOf.has(name.file)) placeOf.set(name.file, firstFd + descriptors.push(name.fd) - 1);
    return { fd: placeOf.get(name.file)!, file: name.file };
  };
  const copy = (value: unknown): unknown => {
    if (value instanceof SharedArrayBuffer)
      throw syncError('SYNC_HANDLE', 'thing of processes', "it was made across: 'threads'");
    if (typeof value !== 'object' || value === null) return value;
    if (isSegmentName(value)) return rename(value);
    if (Array.isArray(value)) return value.map(copy);
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copy(part)]));
  };
  const given: unknown = handles;
  if (typeof given !== 'object' || given === null)
    throw syncError('SYNC_ARGUMENT', 'handles of inherit()', 'a handle, or an object of handles', show(given));
  return { handles: copy(handles) as Handles, descriptors };
}
