/**
 * What the running code holds: a function that runs for the length of a guard, and whatever it starts, waits for ever when it asks for the
 * same again. Known by AsyncLocalStorage, for the `with…` calls only: elsewhere one request of a thread can't be told from another's.
 */
import { Runners, type OwnCall } from '../deadlock/await-chain.ts';
import type { Holding } from '../registry/holdings.ts';
import { realm, type HeldGuard } from '../registry/membership.ts';

const holders = new Runners('holder');

interface Held {
  readonly isHeld: boolean;
  [Symbol.dispose](): void;
}

interface Holdable {
  readonly holding: Holding;
}

/** Runs `fn` with `guard`, `amount` of `lock`, and releases it when `fn` has returned, thrown, or settled. */
export function runHolding<Guard extends Held, T>(
  lock: Holdable,
  guard: Guard,
  amount: number,
  fn: (guard: Guard) => T | PromiseLike<T>,
  call: OwnCall | undefined,
): Promise<T> {
  const held = heldGuard(lock, guard, amount, fn, call, true);
  return runHeld(held, guard, () => (held.given = fn(guard)) as T | PromiseLike<T>);
}

/** `run` calls `held.fn`, notes what it gives, and awaits that at once. */
export function runHeld<T>(held: HeldGuard, guard: Held, run: () => T | PromiseLike<T>): Promise<T> {
  return holders.use(
    held,
    () => realm.held.run(held, run),
    () => {
      held.mark = '';
      guard[Symbol.dispose]();
    },
  );
}

export function heldGuard(
  lock: Holdable,
  guard: Held,
  amount: number,
  fn: unknown,
  call: OwnCall | undefined,
  getsGuard: boolean,
): HeldGuard {
  return { guard, lock, amount, fn, given: undefined, getsGuard, call, mark: '', outer: realm.held.getStore() };
}

/** How much of `lock` the running code holds by the functions around it. */
export function heldByCaller(lock: object): number {
  let amount = 0;
  for (let held = realm.held.getStore(); held !== undefined; held = held.outer)
    if (held.lock === lock && held.guard.isHeld) amount += held.amount;
  return amount;
}

/** What the functions around the running code hold. */
export function heldAround(): Holding[] {
  const around: Holding[] = [];
  for (let held = realm.held.getStore(); held !== undefined; held = held.outer)
    if (held.guard.isHeld) around.push(held.lock.holding);
  return around;
}
