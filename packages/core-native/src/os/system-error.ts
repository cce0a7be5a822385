// What the operating system answers, as errors of this package.
import { getSystemErrorName } from 'node:util';
import os from 'node:os';

/** Highest number of a file descriptor. */
export const FD_MAX = 2 ** 31 - 1;

const { EBADF, EINVAL, EMFILE, ENFILE, ENOMEM, ENOSYS, EOVERFLOW } = os.constants.errno;

/** An Error with `code`. */
export function errorWithCode(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

/** The error for a call that the system refused with `number`; `what` says what a descriptor must be. */
export function systemError(call: string, number: number, fd: number | undefined, what: string): Error {
  switch (number) {
    case ENOSYS:
      return errorWithCode('HEDDLE_UNSUPPORTED', `${call}: needs Linux, this is ${process.platform}`);
    case ENOMEM:
    case EOVERFLOW:
      return errorWithCode('HEDDLE_MEMORY', `${call}: no memory left for it`);
    case EMFILE:
    case ENFILE:
      return errorWithCode('HEDDLE_DESCRIPTORS', `${call}: no descriptor left (ulimit -n)`);
    case EBADF:
    case EINVAL:
      if (fd === undefined) break;
      return Object.assign(new RangeError(`${call}: fd must be a descriptor of ${what}, got ${fd}`), {
        code: 'HEDDLE_ARGUMENT',
      });
    default:
  }
  return errorWithCode('HEDDLE_SYSTEM', `${call}: the operating system refused (${getSystemErrorName(-number)})`);
}
