import { timesOf, type CdrRow } from '../../cdr/cdr-row.ts';
import { localOf, rowsBehind } from './local-channels.ts';

/**
 * The rows of each call, by its Linkedid. Where that is not written, the rows of one caller share the unique id; those
 * behind a Local channel have another one, and are known by its name. Asterisk counts Local channels anew when it is
 * started: the same name at another time is another channel.
 */
export function groupRows(rows: readonly CdrRow[]): ReadonlyMap<string, readonly CdrRow[]> {
  const joined = joinedKeys(rows.filter(({ linkedid, uniqueid }) => linkedid === '' && uniqueid !== ''));
  const groups = new Map<string, CdrRow[]>();
  for (const row of rows) {
    // Nothing can be said of these for sure.
    if (row.linkedid === '' && row.uniqueid === '') continue;
    const key = row.linkedid || rootOf(joined, row.uniqueid);
    const group = groups.get(key) ?? [];
    group.push(row);
    groups.set(key, group);
  }
  return groups;
}

/** The unique ids of rows that belong to the call of another unique id: theirs leads to that one. */
function joinedKeys(rows: readonly CdrRow[]): ReadonlyMap<string, string> {
  const inner = rowsBehind(rows);
  const joined = new Map<string, string>();
  for (const row of rows) {
    // Somebody dialled it, or the server made it: then its first half calls as well.
    const name = localOf(row.dstchannel, '1') ?? localOf(row.channel, '1');
    for (const behind of name === undefined ? [] : (inner.get(name) ?? [])) {
      if (!isAtOnce(row, behind)) continue;
      const [from, to] = [rootOf(joined, behind.uniqueid), rootOf(joined, row.uniqueid)];
      if (from !== to) joined.set(from, to);
    }
  }
  return joined;
}

function rootOf(joined: ReadonlyMap<string, string>, key: string): string {
  let root = key;
  for (let next = joined.get(root); next !== undefined; next = joined.get(root)) root = next;
  return root;
}

function isAtOnce(one: CdrRow, other: CdrRow): boolean {
  const [a, b] = [timesOf(one), timesOf(other)];
  return a.start <= b.end && b.start <= a.end;
}
