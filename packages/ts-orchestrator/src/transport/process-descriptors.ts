/**
 * Which descriptors a worker process starts with, beside those of every process and of its channel.
 */

/** Descriptor of the file with the worker's words in the worker: after stdin, stdout, stderr and the channel. */
export const WORDS_FD = 4;

/** Descriptor, in the worker, of the socket over which shared arrays travel. */
export const SEGMENTS_FD = 6;
