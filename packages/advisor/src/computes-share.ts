/**
 * Below this share of computing, calls wait: with two workers, one call at a time in each, and more of it than this, workers could still
 * be twice as fast as one thread. A higher bound would keep calls here that compute; a much lower one sends waiting to workers, which was
 * the dearest mistake of all when it was tried (512 timers: 2.8 ms inline, 118 ms in threads).
 *
 * Apart from the rules: who measures calls needs it before anything is asked.
 */
export const COMPUTES_SHARE = 0.6;
