/**
 * What the running code holds: a function that runs for the length of a guard, and whatever it starts, waits for ever when it asks for the
 * same again. Known by AsyncLocalStorage, for the `with…` calls only: elsewhere one request of a thread can't be told from another's.
 */
import { realm } from '../registry/membership.ts';

interface Held {
  readonly isHeld: boolean;
  [Symbol.dispose](): void;
}

/** Runs `fn` with `guard`, `amount` of `lock`, and releases it when `fn` has returned, thrown, or settled. */
export async function runHolding<Guard extends Held, T>(
  lock: object,
  guard: Guard,
  amount: number,
  fn: (guard: Guard) => T | PromiseLike<T>,
): Promise<T> {
  try {
    return await realm.held.run({ guard, lock, amount, outer: realm.held.getStore() }, () => fn(guard));
  } finally {
    guard[Symbol.dispose]();
  }
}

/** How much of `lock` the running code holds by the functions around it. */
export function heldByCaller(lock: object): number {
  let amount = 0;
  for (let held = realm.held.getStore(); held !== undefined; held = held.outer)
    if (held.lock === lock && held.guard.isHeld) amount += held.amount;
  return amount;
}
