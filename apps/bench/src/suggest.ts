// The valid name nearest to what was typed.

/** Edits (insert, delete, replace) between two words: the Wagner-Fischer table, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, replaced);
    }
    row = next;
  }
  return row[b.length]!;
}

/** The one of `names`, at least one, with the fewest edits from `word`; upper and lower case are the same. */
export function nearestName(word: string, names: readonly string[]): string {
  const edits = (name: string): number => editDistance(word.toLowerCase(), name.toLowerCase());
  return names.reduce((best, name) => (edits(name) < edits(best) ? name : best));
}
