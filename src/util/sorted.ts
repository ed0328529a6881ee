/**
 * Items in order; those that are in order already, as mostly they are, as they stand.
 *
 * @param compare as for `Array.prototype.toSorted`
 */
export function sorted<Item>(items: readonly Item[], compare: (a: Item, b: Item) => number): readonly Item[] {
  for (let index = 1; index < items.length; index++) {
    const [before, item] = [items[index - 1], items[index]];
    if (before !== undefined && item !== undefined && compare(before, item) > 0) {
      return items.toSorted(compare);
    }
  }
  return items;
}

/** By code unit, whatever the locale. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
