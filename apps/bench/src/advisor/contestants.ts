// Who is measured: a pool of each backend, and the one that chooses. All with the options that they have by themselves.
export const ADVISOR_BACKENDS = ['inline', 'threads', 'processes', 'auto'] as const;

export type AdvisorBackend = (typeof ADVISOR_BACKENDS)[number];

/** What `auto` chooses from. */
export type FixedBackend = Exclude<AdvisorBackend, 'auto'>;

export const FIXED_BACKENDS = ADVISOR_BACKENDS.filter((each): each is FixedBackend => each !== 'auto');
