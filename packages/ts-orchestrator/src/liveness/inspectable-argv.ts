/** Node's own options for a worker whose stack can be read: no fixed port, and the address is told to the host alone. */
export const INSPECTABLE_ARGV = ['--inspect-port=0', '--inspect-publish-uid=stderr'] as const;
