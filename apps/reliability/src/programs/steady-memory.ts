/**
 * For a program whose memory is judged: what enlarges RSS at any time of a run without anything being kept is held at one size, or it
 * would be taken for a leak. V8 lets its young generation grow by up to 64 MiB when more objects than usual happen to live through two
 * collections; glibc gives threads that allocate at the same time a heap each, up to eight per core.
 */
export const STEADY_MEMORY = {
  execArgv: ['--min-semi-space-size=1', '--max-semi-space-size=1'],
  env: { MALLOC_ARENA_MAX: '1' },
} as const;
