/**
 * Every key and channel in Redis, by project. The braces make one slot of them all, which a Redis Cluster asks of keys that a script
 * uses together. `P` stands for `{heddle:<project>}`.
 *
 * | key | kind | what | who writes |
 * | --- | --- | --- | --- |
 * | P:beats | sorted set | node id -> when it was last heard, by the clock of Redis | nodes |
 * | P:nodes | hash | node id -> its card | nodes |
 * | P:wants | sorted set | module id -> until when it is wanted | clients |
 * | P:modules | hash | module id -> name, hash and version of heddle | clients |
 * | P:run:R | hash | what run R is, its failure, whether it is cancelled, how often it was opened | clients; `failure`: nodes |
 * | P:run:R:chunks | hash | first index -> count and digest of the inputs: the borders of chunks | clients, first one stays |
 * | P:run:R:in:F | string | inputs of the chunk that begins at F | clients; removed with its result |
 * | P:run:R:out | hash | F -> outcomes of the chunk | nodes, first one stays |
 * | P:run:R:care:F:D | hash | tries and outcomes item by item, of a chunk that lost its node before; D: digest of run and inputs | nodes, first outcome stays |
 *
 * All of a run expire together. BullMQ's own keys begin with P:chunks-<module id>.
 */
export const keysOf = (project: string) => {
  const prefix = `{heddle:${project}}`;
  return {
    prefix,
    beats: `${prefix}:beats`,
    nodes: `${prefix}:nodes`,
    wants: `${prefix}:wants`,
    modules: `${prefix}:modules`,
    /** A channel: `want` (a module is), `cancelled R` (a run was), `beat` (a node has told of itself). */
    news: `${prefix}:news`,
    run: (id: string) => runKeys(`${prefix}:run:${id}`),
  };
};
export type Keys = ReturnType<typeof keysOf>;

const runKeys = (run: string) => ({
  run,
  chunks: `${run}:chunks`,
  out: `${run}:out`,
  /** A channel: `done F`, `failed`, `cancelled`. */
  news: `${run}:news`,
  input: (first: number) => `${run}:in:${first}`,
  care: (first: number, digest: string) => `${run}:care:${first}:${digest}`,
});
export type RunKeys = ReturnType<typeof runKeys>;

/** Name of the queue of one module. BullMQ allows no colon in it. */
export const queueOf = (moduleId: string): string => `chunks-${moduleId}`;
/** The same chunk always has the same id, so that adding it again is no second job. */
export const jobIdOf = (run: string, first: number): string => `${run}-${first}`;
