/**
 * Puts off what need not be done at once to the end of this turn of the event loop: the callers of the same turn get
 * their answers first, and one thing done for several of them at a time takes the processor less (bench/README.md).
 *
 * @param take never throws
 */
export function afterTheTurn<Item>(take: (item: Item) => void): (item: Item) => void {
  let waiting: Item[] = [];
  const takeAll = (): void => {
    const items = waiting;
    waiting = [];
    for (const item of items) take(item);
  };
  return (item) => {
    if (waiting.push(item) === 1) setImmediate(takeAll);
  };
}
