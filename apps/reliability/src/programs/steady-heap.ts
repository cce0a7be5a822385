/**
 * Options of Node for a program whose memory is judged: its young generation keeps one size. V8 lets it grow by up to 64 MiB at any
 * time of a run, as soon as more objects than usual happen to live through two collections, and that would be taken for a leak.
 */
export const STEADY_HEAP_ARGV: readonly string[] = ['--min-semi-space-size=1', '--max-semi-space-size=1'];
