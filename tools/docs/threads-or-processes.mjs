// docs/threads-or-processes.md: both techniques as a textbook tells them, in its order, each point with its meaning in
// Node, the command that shows it here, and the figure of the committed run.
import { count, figuresOf, LABELS, ms, remarkOf, significant } from './figures.mjs';
import { isShared, noted } from './sharing-costs.mjs';

const compare = (name) => `\`npm start -- compare ${name}\``;
const PRICES = '`npm start` (price list)';

function point({ claim, node, shown, figure, differs }) {
  const lines = [
    `### ${claim}`,
    '',
    node,
    '',
    `Shown by ${shown}: ${typeof figure === 'function' ? figure() : figure}`,
  ];
  if (differs) lines.push('', `**Where Node differs from the textbook.** ${differs}`);
  return lines.join('\n');
}

function threads(f) {
  return {
    definition: `Several paths of execution inside one process. They share its memory and its fate. In Node there are two
kinds: a **worker thread** (\`worker_threads\`) runs JavaScript in an isolate of its own, with its own heap and event loop,
and shares only the bytes of a \`SharedArrayBuffer\`; a **native thread** (C++, behind \`@heddle/core-native\`) runs no
JavaScript and works on typed arrays in place.`,
    mechanism: `The operating system schedules the threads of a process on the cores it is allowed. A worker thread gets its
tasks by \`postMessage\`, which copies the values (structured clone) unless a buffer is transferred or shared. A native
thread gets a range of indices from the pool's counter; nothing is copied.`,
    advantages: [
      {
        claim: 'Responsiveness: one thread waits or works while another answers',
        node: `Node has one thread that runs your JavaScript and answers events. What keeps it free is that the work is
elsewhere; threads are the nearest elsewhere.`,
        shown: compare('responsive-loop'),
        figure: `the 60 Hz ticker was late by ${f.measure('responsive-loop', 'inline', 'delayP99Ms').toFixed(1)} ms (p99) with the work inline, by
${f.measure('responsive-loop', 'threads', 'delayP99Ms').toFixed(1)} ms with worker threads.`,
        differs: `Waiting needs no thread in Node: the event loop waits for many things at once. Only work needs one.`,
      },
      {
        claim: 'Resource sharing: threads see the same memory',
        node: `Worker threads share what lies in a \`SharedArrayBuffer\`, nothing else; native threads share every byte of the
process.`,
        shown: PRICES,
        figure: `8 MiB there and back copied: ${f.price('8 MiB of doubles there and back, copied', 'threads')}; shared:
${f.price('8 MiB of doubles, shared', 'threads')}.`,
        differs: `JavaScript objects are never shared between threads. A textbook's "all threads see the object" holds for
native threads and for bytes only.`,
      },
      {
        claim: 'Economy: a thread costs less than a process',
        node: `A worker thread starts an isolate and a Node environment, a process starts the whole program again.`,
        shown: PRICES,
        figure: `start to first result ${f.price('start to first result', 'threads')} for a thread,
${f.price('start to first result', 'processes')} for a process; memory of one more worker
${f.price(f.memoryLabel, 'threads')} and ${f.price(f.memoryLabel, 'processes')}.`,
      },
      {
        claim: 'Use of several cores',
        node: `Worker threads run JavaScript in parallel, each in its isolate: there is no global lock as in some other
languages. Native threads add SIMD to it.`,
        shown: compare('mandelbrot'),
        figure: `over inline: worker threads ${f.speedup('mandelbrot', 'threads')}, native on one thread
${f.speedup('mandelbrot', 'native-1')}, native on all cores ${f.speedup('mandelbrot', 'native-all')}.`,
      },
    ],
    disadvantages: [
      {
        claim: 'No isolation: one crash ends all',
        node: `An uncaught error ends only its worker thread. An abort, a segmentation fault in an add-on or a fatal
out-of-memory ends the process with every thread in it.`,
        shown: PRICES,
        figure: `${f.price('one of nine tasks crashes (SIGSEGV)', 'threads')}.${
          f.has('hazard-lab')
            ? ` Of the hazards in [When a task goes wrong](#when-a-task-goes-wrong) the program outlived
${f.measure('hazard-lab', 'threads', 'survived')} ${f.workload('hazard-lab').decides.unit} with worker threads.`
            : ''
        }`,
      },
      {
        claim: 'Shared state needs order: without it updates are lost',
        needs: ['hazard-lab', 'updatesLost'],
        node: `Only bytes in a \`SharedArrayBuffer\` can be raced for. Adding to them plainly reads, adds and writes, and what another
thread has written in between is gone. \`Atomics\` adds in one step, a lock of \`@heddle/sync\` keeps others out, and a message leaves the
counter to its owner: [When tasks share state](#when-tasks-share-state).`,
        shown: compare('hazard-lab'),
        figure: () => `additions lost by two tasks that add plainly: ${f.each('hazard-lab', 'updatesLost', count)}.`,
        differs: `Variables are never raced for: no JavaScript object is in two threads.`,
      },
      {
        claim: 'Scaling ends at one machine and its memory',
        node: `All threads share one process's limits, and the JavaScript part of each needs a heap of its own.`,
        shown: compare('sort-reduce'),
        figure: `peak memory of the whole program: ${f.memory('sort-reduce', 'inline')} inline, ${f.memory('sort-reduce', 'threads')} with
worker threads, ${f.memory('sort-reduce', 'processes')} with processes.`,
      },
    ],
    when: [
      {
        claim: 'For input and output',
        node: `The textbook sends work that waits to threads, so that one waits while others run.`,
        shown: compare('fetch-many'),
        figure: `requests that wait 20 ms each: worker threads ${f.speedup('fetch-many', 'threads')}, processes
${f.speedup('fetch-many', 'processes')} of inline's speed (${f.wall('fetch-many', 'inline')}).`,
        differs: `In Node JavaScript that waits belongs inline on the event loop, which waits for all of them at once. The
textbook's rule holds for blocking calls, which Node's own libuv threads already take care of.`,
      },
      {
        claim: 'For user interfaces and servers that must answer',
        node: `The main loop does nothing but answer; the work is in a pool.`,
        shown: compare('responsive-loop'),
        figure: `missed frames: ${f.measure('responsive-loop', 'inline', 'missedFrames')} inline, ${f.measure('responsive-loop', 'threads', 'missedFrames')} with
worker threads, ${f.measure('responsive-loop', 'processes', 'missedFrames')} with processes.`,
        differs: `Processes free the loop just as threads do: what matters is that the work is not on the loop.`,
      },
      {
        claim: 'For tasks that share much data',
        node: `Numbers in typed arrays over a \`SharedArrayBuffer\` are worked on in place by worker threads and by the native
pool.`,
        shown: compare('sort-reduce'),
        figure: `worker threads ${f.speedup('sort-reduce', 'threads')}, native ${f.speedup('sort-reduce', 'native-all')}, processes (everything copied)
${f.speedup('sort-reduce', 'processes')}.`,
      },
    ],
  };
}

function processes(f) {
  return {
    definition: `Several programs, each with memory of its own, which talk by messages. In Node: \`child_process.fork\`, one
Node and one heap per process.`,
    mechanism: `The operating system gives each process its address space and schedules them all. Values travel through a
pipe: they are serialized, written, read and built again. The parent supervises: it sees a child's exit and starts another.`,
    advantages: [
      {
        claim: 'Parallel work on several cores',
        node: `Processes scale as worker threads do when the data that travels is small against the work.`,
        shown: compare('monte-carlo'),
        figure: `processes ${f.speedup('monte-carlo', 'processes')}, worker threads ${f.speedup('monte-carlo', 'threads')} over inline.`,
        differs: `The textbook needs processes for this where a language's threads share one interpreter lock. Node's worker
threads have none: both scale.`,
      },
      {
        claim: 'Isolation: a crash stays where it happens',
        node: `A child that aborts, runs out of memory or is killed takes its one task with it. The pool reports that task with
\`HEDDLE_WORKER_DIED\`, starts another child and gives it the tasks that waited.`,
        shown: PRICES,
        figure: `${f.price('one of nine tasks crashes (SIGSEGV)', 'processes')}.`,
      },
      {
        claim: 'Fault tolerance: the program outlives its tasks',
        needs: 'hazard-lab',
        node: `A supervised process that dies is an event, not the end: its task fails with a typed error, the others go on, and
another process takes its place. What each backend survives stands in [When a task goes wrong](#when-a-task-goes-wrong).`,
        shown: compare('hazard-lab'),
        figure:
          () => `hazards survived: ${f.each('hazard-lab', 'survived', (n) => `${n} ${f.workload('hazard-lab').decides.unit}`)};
innocent tasks lost beside them: ${f.each('hazard-lab', 'innocentsLost', count)}; slowest recovery of those survived:
${f.each('hazard-lab', 'slowestRecoveryMs', ms)}.`,
      },
      {
        claim: 'No shared state by accident',
        node: `What a task gets is a copy. A worker thread's values are copied too, but its process-wide state is shared: the
working directory, the environment's native side, the libuv thread pool, the fate.`,
        shown: compare('minify'),
        figure: `the same files through the same minifier: equal output in every backend, checked in every run; processes
${f.speedup('minify', 'processes')}, threads ${f.speedup('minify', 'threads')}.`,
      },
    ],
    disadvantages: [
      {
        claim: 'Memory: every process carries its own runtime',
        node: `Pages of the Node binary are shared between processes; the heap is not. PSS counts a shared page once.`,
        shown: PRICES,
        figure: `one more worker costs ${f.price(f.memoryLabel, 'processes')} as a process, ${f.price(f.memoryLabel, 'threads')} as a thread.`,
      },
      {
        claim: 'Communication: everything that crosses is copied',
        node: `Structured clone into a pipe, through the kernel, and back: twice for the way there, twice for the way back.`,
        shown: PRICES,
        figure: `one small task there and back: ${f.price('one small task there and back', 'processes')} against
${f.price('one small task there and back', 'threads')} for a thread; 8 MiB: ${f.price('8 MiB of doubles there and back, copied', 'processes')} against
${f.price('8 MiB of doubles there and back, copied', 'threads')}.`,
      },
      {
        claim: 'Start: a process is slow to begin',
        node: `A pool pays it once per worker, not once per task.`,
        shown: PRICES,
        figure: `${f.price('start to first result', 'processes')}, a thread ${f.price('start to first result', 'threads')}.`,
      },
    ],
    when: [
      {
        claim: 'For work that computes',
        node: `The textbook sends computing to processes. In Node the native pool comes first where a kernel fits, then worker
threads or processes, whichever the data and the risk allow.`,
        shown: compare('n-body'),
        figure: `processes ${f.speedup('n-body', 'processes')}, worker threads ${f.speedup('n-body', 'threads')}, native on all cores
${f.speedup('n-body', 'native-all')}, processes that each run the native kernel ${f.speedup('n-body', 'processes-native')}.`,
        differs: `Computing alone does not call for processes; isolation does.`,
      },
      {
        claim: 'For code that may crash, leak or be replaced',
        node: `Native add-ons, parsers of foreign files, large heaps: give them a process, and the host lives.`,
        shown: PRICES,
        figure: `${f.price('one of nine tasks crashes (SIGSEGV)', 'processes')}; in threads, ${f.price('one of nine tasks crashes (SIGSEGV)', 'threads')}.`,
      },
      {
        claim: 'For server applications',
        needs: 'http-service',
        node: `A server whose requests compute needs more than its main loop: several server processes (\`node:cluster\`), or a
pool behind one. A worker that dies under load shows the difference:
[A server that loses a worker](#a-server-that-loses-a-worker).`,
        shown: compare('http-service'),
        figure:
          () => `good answers per second: ${f.each('http-service', 'requestsPerSecond', significant)}; failed requests:
${f.each('http-service', 'failedRequests', count)}; a trivial request beside the load (p99):
${f.each('http-service', 'loopDelayP99Ms', ms)}.`,
        differs: `A textbook's thread per request has no counterpart in Node: a loop takes many requests, and what is behind it decides
who computes.`,
      },
      {
        claim: 'For tools that work on many files',
        node: `Files are read where the work is: only a path travels there and a result back.`,
        shown: compare('minify'),
        figure: `processes ${f.speedup('minify', 'processes')} with ${f.memory('minify', 'processes')}, worker threads ${f.speedup('minify', 'threads')} with
${f.memory('minify', 'threads')}, inline ${f.memory('minify', 'inline')}.`,
      },
    ],
  };
}

/** What each hazard did to each backend. */
function hazards(f) {
  if (!f.has('hazard-lab')) return '';
  const { size } = f.workload('hazard-lab');
  return `## When a task goes wrong

From \`npm start -- compare hazard-lab\`: ${size}. Who dies, what the caller of the task is told, how many innocent tasks
are lost, and when the pool works at full strength again, counted from the start of the task.

${noted(f, (label) => !isShared(label))}

`;
}

/** What tasks did to state that they share. */
function sharing(f) {
  const table = noted(f, isShared);
  if (table === undefined) return '';
  return `## When tasks share state

From the same run: two tasks of one pool add to one counter, in four ways, with the additions that were lost and the time that each took; take two
locks, each the one that the other has; and die with a lock. When to use which: [sharing state](sharing-state.md).

${table}

`;
}

/** Every measure of the service, a row per way to serve. */
function service(f) {
  if (!f.has('http-service')) return '';
  const { kinds, size, measures } = f.workload('http-service');
  const own = measures.filter(({ key }) => key !== 'wallMs');
  const value = (summary, unit) => (unit === 'ms' ? ms(summary.median) : count(summary.median));
  const rows = kinds.map(
    (kind) => `| ${LABELS[kind.kind]} | ${own.map(({ key, unit }) => value(kind.measures[key], unit)).join(' | ')} |`,
  );
  return `## A server that loses a worker

From \`npm start -- compare http-service\`: ${size}. Medians of the rounds; the kill is part of each.

| | ${own.map(({ label, unit }) => (unit === 'ms' ? label : `${label}, ${unit}`)).join(' | ')} |
| --- | ${own.map(() => '---').join(' | ')} |
${rows.join('\n')}

`;
}

function section(f, title, { definition, mechanism, advantages, disadvantages, when }) {
  const points = (list) =>
    list
      .filter(({ needs }) => needs === undefined || f.has(...[needs].flat()))
      .map(point)
      .join('\n\n');
  return `## ${title}

**Definition.** ${definition}

**Mechanism.** ${mechanism}

# Advantages of ${title.toLowerCase()}

${points(advantages)}

# Disadvantages of ${title.toLowerCase()}

${points(disadvantages)}

# When to use ${title.toLowerCase()}

${points(when)}
`
    .replaceAll(/^### /gm, '#### ')
    .replaceAll(/^# /gm, '### ');
}

export function threadsOrProcesses(comparison) {
  const figures = figuresOf(comparison);
  const memoryLabel = comparison.prices.find(({ label }) => label.startsWith('memory per worker')).label;
  const f = { ...figures, memoryLabel };
  return `# Threads or processes?

<!-- Written by tools/generate-docs.mjs from docs/results/compare.json: edit tools/docs/threads-or-processes.mjs. -->

Each point of the textbook on both techniques, with what it means in Node, the command that shows it, and the figure it
gave here: ${figures.machine}. Speed-ups are medians over inline JavaScript in the same run.${remarkOf(comparison)}
What heddle does not measure yet is left out.

${section(f, 'Threads', threads(f))}
${section(f, 'Processes', processes(f))}
${hazards(f)}${sharing(f)}${service(f)}## In one table

| nature of the work | home that measured best here | textbook |
| --- | --- | --- |
${comparison.results
  .map(({ standsFor, verdict, textbookRule }) => `| ${standsFor} | ${verdict.fastest.sentence} | ${textbookRule} |`)
  .join('\n')}
`;
}
