// docs/scaling.md: what the cluster was measured at, and what that means for 10, 100 and 1,000 nodes; from a committed run of the bench's
// suite `cluster`. `deadlines`: packages/cluster-bullmq/src/deadlines.ts, whose constants the arithmetic rests on.
import { count, machineLine, significant, times } from './figures.mjs';

const row = (cells) => `| ${cells.join(' | ')} |`;
const table = (head, rows) => [row(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(row)].join('\n');
const spread = ({ median, relativeSpread }) => `${significant(median)} ±${Math.round((relativeSpread / 2) * 100)} %`;
const range = ({ median, min, max }) => `${significant(median)} (${significant(min)} to ${significant(max)})`;
const percent = (part) => `${part < 0.1 ? significant(part * 100) : Math.round(part * 100)} %`;
const CHUNK_ITEMS = 1_000;
const NODES = [10, 100, 1_000];

export function scaling(run, deadlines) {
  const constant = (name) => Number(new RegExp(`${name} = ([\\d_]+)`).exec(deadlines)[1].replaceAll('_', ''));
  const mebibytes = (name) => Number(new RegExp(`${name} = (\\d+) \\* 2 \\*\\* 20`).exec(deadlines)[1]);
  const find = (id) => run.cases.find((one) => one.id === id);
  const variant = (id) => find('throughput').variants.find((one) => one.id === id);
  const targetMs = constant('CHUNK_TARGET_MS');

  const small = variant('2 nodes, chunks of 1').cpuUsPerItem;
  const large = variant(`2 nodes, chunks of ${CHUNK_ITEMS}`).cpuUsPerItem;
  const redisUsPerChunk = Math.max(small.redis, large.redis * CHUNK_ITEMS);
  const clientUsPerChunk = small.client;
  // What four take more than one: the rest is the server's own.
  const idle = find('idle').variants.map(({ order, cpuUsPerItem }) => ({
    nodes: order.nodes,
    us: order.nodes * cpuUsPerItem.redis,
  }));
  const redisUsPerNode = (idle[1].us - idle[0].us) / (idle[1].nodes - idle[0].nodes);
  const chunksMost = 1e6 / redisUsPerChunk;
  const itemsMost = 1e6 / large.client;
  // Two at a time in each node, each of the target's length.
  const chunksPerNode = 2_000 / targetMs;

  const kills = find('kills').variants[0];

  return `# More than one machine

<!-- Written by tools/generate-docs.mjs from docs/results/cluster.json: edit tools/docs/scaling.mjs. -->

What a map over a cluster costs (\`@heddle/cluster-bullmq\`), what a death costs, and how far one Redis reaches. If one machine is enough, stay on
it: a pool of \`@heddle/ts-orchestrator\` does the same without a server.

Measured on one machine, on which client, Redis, nodes and their workers share the cores: ${machineLine({ ...run, workers: 'one or two nodes of one' }).replace(/ workers$/, ' worker')}.
Redis ${run.redis}, without persistence but where it is killed.

## Inputs a second

${find('throughput').about[0].toUpperCase()}${find('throughput').about.slice(1)}.

${table(
  ['', 'inputs/s', 'processor time an input: client', 'Redis', 'nodes with their workers'],
  find('throughput').variants.map(({ id, itemsPerSecond, cpuUsPerItem: { client, redis, nodes }, heddleIs }) => [
    heddleIs === undefined ? id : `${id} (heddle's fastest is ${times(heddleIs.ratio)})`,
    spread(itemsPerSecond),
    ...[client, redis, nodes].map((us) => `${significant(us)} µs`),
  ]),
)}

A chunk costs the client about ${significant(small.client / 1_000)} ms, Redis ${significant(small.redis / 1_000)} ms and its node ${significant(small.nodes / 1_000)} ms, whatever is in it: the rows with one input per
chunk. So chunks are as large as takes a node ${targetMs} ms, ${count(constant('CHUNK_ITEMS_MAX'))} inputs at most, unless \`chunkItemsMax\` says less. BullMQ with a job for each input gives
results in no order and keeps none.

## When something dies

${find('recovery').about[0].toUpperCase()}${find('recovery').about.slice(1)}, in milliseconds.

${table(
  ['', 'median (least to most)', 'lost', 'doubled'],
  find('recovery').variants.map(({ id, longestGapMs, lost, doubled }) => [id, range(longestGapMs), lost, doubled]),
)}

A killed node is noticed by its locks: they run out after ${constant('LOCK_MS') / 1_000} s, and every ${constant('STALLED_MS') / 1_000} s somebody looks. A chunk that waits for that holds up the results
behind it, not the nodes: what they do in ${constant('WINDOW_MS') / 1_000} s is under way.

${find('kills').about[0].toUpperCase()}${find('kills').about.slice(1)}: **${range(kills.itemsPerSecond)} inputs/s**, in ${find('kills').rounds} runs with
${kills.killed.worker} killed workers and ${kills.killed.node} killed nodes; lost ${kills.lost}, doubled ${kills.doubled}, out of order ${kills.outOfOrder}.

## Ten, a hundred, a thousand nodes

By calculation from the figures above, not measured. A node runs two chunks at a time of ${targetMs} ms each, so it takes ${chunksPerNode} chunks a second from Redis,
however many cores it has and however long an input takes below ${targetMs} ms. One core runs the commands of a Redis, for ${significant(redisUsPerChunk)} µs a chunk: ${significant(chunksMost)}
chunks a second at most. A node without work takes ${significant(redisUsPerNode)} µs a second: it says that it lives, asks what is wanted, and looks for chunks (five runs of
its own, the same day, on the code with a look each second).

${table(
  ['nodes', 'chunks/s', 'of one Redis', 'of one client, for chunks', 'Redis needed at half load'],
  NODES.map((nodes) => {
    const chunks = nodes * chunksPerNode;
    const load = (chunks * redisUsPerChunk + nodes * redisUsPerNode) / 1e6;
    return [
      count(nodes),
      count(chunks),
      percent(load),
      percent((chunks * clientUsPerChunk) / 1e6),
      Math.max(1, Math.ceil(load * 2)),
    ];
  }),
)}

- **Redis** is full at about ${count(Math.floor(1e6 / (chunksPerNode * redisUsPerChunk + redisUsPerNode)))} busy nodes. Inputs that take longer than ${targetMs} ms go alone, and fewer of them a second: with inputs of 2 s a Redis has a
  tenth of that load.
- **The client** is one core: about ${count(Math.round(itemsMost / 1e4) * 1e4)} inputs a second at most, which a hundred nodes of four cores reach with inputs of
  ${significant((100 * 4 * 1_000) / itemsMost)} ms; and its part of each chunk. Several clients, each with a share of the inputs, go on from there.
- **Memory of Redis**: inputs under way, at most ${mebibytes('WINDOW_BYTES')} MiB a client, and outcomes that wait for their turn, about ${mebibytes('WINDOW_OUTCOME_BYTES')} MiB a client at most;
  of named runs all outcomes, until they expire.

## Several Redis

A project is one Redis: all its keys have one hash tag, and lie on one server also where Redis is a cluster. To go further, give each part of the work a
project and a Redis (or a Redis Cluster, which spreads projects over its servers) of its own:

- one client per part, which maps over its share of the inputs: \`createClusterPool(module, { redis, project: 'part-3', … })\`;
- nodes that serve one part each, or several \`startNode\` in one program, each with its Redis; \`workers\` divides the cores.

Nothing is shared between them, so each part has the figures above.

## When another engine is the better home

- **NATS JetStream**: tens of thousands of single messages a second that have to be durable on several servers. Its rate for one message is several
  times that of a Redis queue; retries, order and results of a map are yours to build.
- **Temporal**, or an engine like it: work of many steps that waits for people or days. Call a map from one of its activities.
- **Jobs of Kubernetes, or a batch service**: inputs of hours, each with a machine of its own size.
- **A database's own queue** (SKIP LOCKED): where an input has to be taken in the same transaction that wrote it.

Everything that was measured: [results/cluster.json](results/cluster.json). \`npm run bench -- --suite cluster\` measures it here, \`--quick\` in about
two minutes; it needs a \`redis-server\`.
`;
}
