/**
 * Who lives: the words by which the threads of one process, or of several, know each other. Every thread that uses sync has a slot here; its
 * owner id is the slot with the number of the life in it, so an id names one thread for ever and is never given twice.
 *
 * | word | written by | says |
 * | --- | --- | --- |
 * | `USED` | who claims a slot, upwards only | slots at or above were never claimed; loops over threads end here |
 * | `CLAIMS` | who claims a slot | grows with every claim; a thread that looks for its own slot waits on it |
 * | `LOCK_IDS` | who makes a lock | the number of the next lock |
 * | `DEATHS` | who ends lives, by adding, after it has, and who finds that it may not have come to it | how often lives were ended; tells when it is worth looking for what the dead left |
 * | `LIFE` of a slot | claimed and ended by compare-and-swap: a thread that starts workers claims for them and ends what has exited | number of the life, slot of the watcher, and whether it lives |
 * | `ORIGIN` of a slot | who claimed it, while `THREAD` is 0 | owner id of the main thread of its process; 0 in a registry of one process |
 * | `THREAD` of a slot | who claimed it | the thread's id in Node plus 1 |
 * | `PARK` of a slot | who has news for that thread, by adding | changes with every piece of news; the thread sleeps on it |
 *
 * Every thread but the root is watched by the thread that started it, which hears its 'exit' and calls `endLife`. A thread takes its
 * workers along when it ends, so a life ends together with all that it watched; what its watcher left undone, the watcher's own watcher
 * makes up. The root watches itself: with it everybody ends. Across processes so does the main thread of each; who ends those, processes.ts says.
 *
 * Ending is right however many do it at once, and wherever one of them dies: LIFE is ended by compare-and-swap with the value that was found
 * to be over, and a thread is ended with its watcher only while that one's LIFE still has this value: a slot that another has ended and
 * given to a new owner is left alone.
 *
 * Why no news is lost: a sleeper loads its `PARK`, then looks at everything it waits for, then sleeps only if `PARK` is unchanged, which
 * `Atomics.wait` compares in one step with falling asleep. Who has news first writes it, then adds to `PARK`, then notifies. And why
 * no thread's death is: `endLife` first says that the life is over and then has news for everybody, so whoever sleeps looks again, after
 * it was said, and does by itself whatever the dead thread had not come to. All accesses are sequentially consistent.
 */
const MAGIC_WORD = 0;
const LAYOUT_WORD = 1;
const USED = 2;
const CLAIMS = 3;
const LOCK_IDS = 4;
/** Two words that tell this registry from every other of the process. */
const NAME = 5;
export const DEATHS = 7;
const LIFE = 16;

/** Threads that can use one registry at the same time. A guess at what nobody needs more of; a lock has 8 bytes for each. */
export const MAX_THREADS = 256;
const THREAD = LIFE + MAX_THREADS;
const ORIGIN = THREAD + MAX_THREADS;
const PARK = ORIGIN + MAX_THREADS;
/** A line of the cache for each thread's `PARK`, which it reads while others are told other things. */
const PARK_STRIDE = 16;
export const REGISTRY_WORDS = PARK + MAX_THREADS * PARK_STRIDE;

const REGISTRY_MAGIC = 0x68_64_72_67;
const REGISTRY_LAYOUT = 3;

// LIFE and an owner id have the number of the life at the same place. Ids leave the four lowest bits to who stores them.
const ALIVE = 1;
const WATCHER_SHIFT = 1;
const SLOT_SHIFT = 4;
const SLOT_MASK = MAX_THREADS - 1;
const NUMBER_SHIFT = 12;
const NUMBER_MASK = ~((1 << NUMBER_SHIFT) - 1);
/** A slot in which so many lives have ended is not used again, so that no id comes twice. */
const MAX_NUMBER = 0xf_ffff;

/** The slot of the thread that made the registry. */
const ROOT_SLOT = 0;

/** How threads of several processes wake each other, which `Atomics.wait` and `Atomics.notify` can't. */
export interface Outside {
  wake(word: number): void;
  /** As `Atomics.wait`. */
  wait(word: number, value: number, timeoutMs: number): 'ok' | 'not-equal' | 'timed-out';
}

/** Of the thread, which may hold several copies of this module: one of them has made what another one uses (membership.ts). */
const OUTSIDES = Symbol.for('@heddle/sync/outsides@1');
const thread = globalThis as { [OUTSIDES]?: WeakMap<Int32Array, Outside> };
/** Of this thread's registries across processes. */
export const outsides = (thread[OUTSIDES] ??= new WeakMap());

export function slotOf(id: number): number {
  return (id >>> SLOT_SHIFT) & SLOT_MASK;
}

/** Slots from here up hold nobody. */
export function usedSlots(registry: Int32Array): number {
  return Atomics.load(registry, USED);
}

/** Prepares zeroed words and claims the root's slot; gives the root's id. */
export function formatRegistry(
  registry: Int32Array,
  threadId: number,
  random: () => number,
  isAcrossProcesses = false,
): number {
  registry[NAME] = random() * 2 ** 32;
  registry[NAME + 1] = random() * 2 ** 32;
  registry[LAYOUT_WORD] = REGISTRY_LAYOUT;
  Atomics.store(registry, MAGIC_WORD, REGISTRY_MAGIC);
  return claimSlot(registry, ROOT_SLOT, ROOT_SLOT, threadId, isAcrossProcesses ? undefined : 0);
}

export function isRegistry(registry: Int32Array): boolean {
  return (
    registry.length === REGISTRY_WORDS &&
    Atomics.load(registry, MAGIC_WORD) === REGISTRY_MAGIC &&
    registry[LAYOUT_WORD] === REGISTRY_LAYOUT
  );
}

export function isSameRegistry(one: Int32Array, other: Int32Array): boolean {
  return one[NAME] === other[NAME] && one[NAME + 1] === other[NAME + 1];
}

export function nextLockId(registry: Int32Array): number {
  return Atomics.add(registry, LOCK_IDS, 1) + 1;
}

/** Does this thread live, as far as is known? Once false, false for ever. */
export function isAlive(registry: Int32Array, id: number): boolean {
  const life = Atomics.load(registry, LIFE + slotOf(id));
  return (life & ALIVE) !== 0 && (life & NUMBER_MASK) === (id & NUMBER_MASK);
}

/** Owner id of the main thread of the process of who has, or had last, the slot of this id; 0 in a registry of one process. */
export function originIn(registry: Int32Array, id: number): number {
  return Atomics.load(registry, ORIGIN + slotOf(id));
}

/** The number in Node of the thread that has, or had last, the slot of this id. */
export function threadOf(registry: Int32Array, id: number): number {
  return Atomics.load(registry, THREAD + slotOf(id)) - 1;
}

/**
 * A slot for the thread `threadId` of the process `origin`, watched from `watcherSlot`; gives its owner id, 0 when all are taken. One
 * compare-and-swap makes the life and says who watches it, so a claimer that dies here leaves nothing that nobody ends.
 */
export function claimLife(registry: Int32Array, watcherSlot: number, threadId: number, origin = 0): number {
  for (let slot = 0; slot < MAX_THREADS; slot++) {
    const id = claimSlot(registry, slot, watcherSlot, threadId, origin);
    if (id !== 0) return id;
  }
  return 0;
}

/** {@link claimLife} in this slot only. `origin` undefined: it is that main thread. */
export function claimSlot(
  registry: Int32Array,
  slot: number,
  watcherSlot: number,
  threadId: number,
  origin: number | undefined,
): number {
  const life = Atomics.load(registry, LIFE + slot);
  const number = (life >>> NUMBER_SHIFT) + 1;
  if ((life & ALIVE) !== 0 || number > MAX_NUMBER) return 0;
  const mine = (number << NUMBER_SHIFT) | (watcherSlot << WATCHER_SHIFT) | ALIVE;
  if (Atomics.compareExchange(registry, LIFE + slot, life, mine) !== life) return 0;
  // Before the thread can find its slot, because its requests are looked for below USED.
  for (let used = usedSlots(registry); used <= slot; used = usedSlots(registry))
    Atomics.compareExchange(registry, USED, used, slot + 1);
  const id = (number << NUMBER_SHIFT) | (slot << SLOT_SHIFT);
  Atomics.store(registry, THREAD + slot, 0);
  Atomics.store(registry, ORIGIN + slot, origin ?? id);
  Atomics.store(registry, THREAD + slot, threadId + 1);
  Atomics.add(registry, CLAIMS, 1);
  Atomics.notify(registry, CLAIMS);
  outsides.get(registry)?.wake(CLAIMS);
  return id;
}

/**
 * The owner id that was claimed for the thread `threadId` of the process `origin`, 0 when none was. A thread's number never comes again
 * in a process. THREAD is looked at on both sides of ORIGIN, because it may be of the slot's owner before.
 */
export function findLife(registry: Int32Array, threadId: number, origin = 0): number {
  for (let slot = 0, used = usedSlots(registry); slot < used; slot++) {
    if (Atomics.load(registry, THREAD + slot) !== threadId + 1) continue;
    if (Atomics.load(registry, ORIGIN + slot) !== origin) continue;
    if (Atomics.load(registry, THREAD + slot) !== threadId + 1) continue;
    const id = idIn(registry, slot);
    if (id !== 0) return id;
  }
  return 0;
}

/** The owner id of who lives in this slot, 0: nobody. */
export function idIn(registry: Int32Array, slot: number): number {
  const life = Atomics.load(registry, LIFE + slot);
  return (life & ALIVE) === 0 ? 0 : (life & NUMBER_MASK) | (slot << SLOT_SHIFT);
}

/** Does it watch itself, as the main thread of a process does? */
export function isOwnWatcher(registry: Int32Array, id: number): boolean {
  return isAlive(registry, id) && watcherOf(Atomics.load(registry, LIFE + slotOf(id))) === slotOf(id);
}

/** {@link findLife}, and blocks this thread for at most `waitMs` until there is one. */
export function awaitLife(registry: Int32Array, threadId: number, waitMs: number, originOf = (): number => 0): number {
  const endMs = performance.now() + waitMs;
  for (;;) {
    const claims = Atomics.load(registry, CLAIMS);
    const id = findLife(registry, threadId, originOf());
    const leftMs = endMs - performance.now();
    if (id !== 0 || leftMs <= 0) return id;
    const outside = outsides.get(registry);
    if (outside === undefined) Atomics.wait(registry, CLAIMS, claims, leftMs);
    else outside.wait(CLAIMS, claims, leftMs);
  }
}

/** The thread has ended: it, and all that it watched, are dead from now on, and everybody looks again. */
export function endLife(registry: Int32Array, id: number): void {
  const life = Atomics.load(registry, LIFE + slotOf(id));
  if ((life & ALIVE) === 0 || (life & NUMBER_MASK) !== (id & NUMBER_MASK)) return;
  endInSlot(registry, slotOf(id), life);
  tellOfDeath(registry);
}

/** After a life was ended. Told twice it is right too: who ended it may have died before. */
export function tellOfDeath(registry: Int32Array): void {
  Atomics.add(registry, DEATHS, 1);
  tellAll(registry);
}

function endInSlot(registry: Int32Array, slot: number, life: number): void {
  // Those that it watched come first: its slot may have a new owner, with new workers, as soon as it is free.
  for (let other = 0, used = usedSlots(registry); other < used; other++) {
    const otherLife = Atomics.load(registry, LIFE + other);
    const isWatched = (otherLife & ALIVE) !== 0 && watcherOf(otherLife) === slot && other !== slot;
    if (!isWatched) continue;
    // Somebody else has ended them all, and this one is perhaps a new owner's.
    if (Atomics.load(registry, LIFE + slot) !== life) return;
    endInSlot(registry, other, otherLife);
  }
  Atomics.compareExchange(registry, LIFE + slot, life, life & ~ALIVE);
}

function watcherOf(life: number): number {
  return (life >>> WATCHER_SHIFT) & SLOT_MASK;
}

/** Where in the registry the thread with this id sleeps. */
export function parkWord(id: number): number {
  return PARK + slotOf(id) * PARK_STRIDE;
}

/** There is news for the thread in this slot. */
export function tell(registry: Int32Array, slot: number): void {
  Atomics.add(registry, PARK + slot * PARK_STRIDE, 1);
  Atomics.notify(registry, PARK + slot * PARK_STRIDE);
  outsides.get(registry)?.wake(PARK + slot * PARK_STRIDE);
}

export function tellAll(registry: Int32Array): void {
  for (let slot = 0, used = usedSlots(registry); slot < used; slot++) tell(registry, slot);
}
