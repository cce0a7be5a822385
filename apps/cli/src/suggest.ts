// The valid name nearest to what was typed, for "did you mean".
import { closest, distance } from 'fastest-levenshtein';

/** The nearest of `names`, or undefined when none shares half of its letters with `word`. Case does not count. */
export function nearestName(word: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const typed = word.toLowerCase();
  const byLowerCase = new Map(names.map((name) => [name.toLowerCase(), name]));
  const nearest = closest(typed, [...byLowerCase.keys()]);
  const isNear = distance(typed, nearest) <= Math.max(2, Math.floor(nearest.length / 2));
  return isNear ? byLowerCase.get(nearest) : undefined;
}

/** "did you mean x?", or the whole list where nothing is near. */
export function suggestion(word: string, names: readonly string[]): string {
  const nearest = nearestName(word, names);
  return nearest === undefined ? `known: ${names.join(', ')}` : `did you mean '${nearest}'?`;
}
