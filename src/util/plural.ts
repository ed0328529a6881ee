/** A number with its noun: `1 warning`, `0 warnings`, `2 matches`. @param many default: `one` and an s */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
