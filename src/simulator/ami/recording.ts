import type { Ids, PlayedEvent, Script } from './script.ts';

/** Headers of ids, with whatever stands before them. */
const UNIQUEID = /(?:Uniqueid|Linkedid|UniqueId|UniqueID|LinkedID)$/;
const BRIDGE = /BridgeUniqueid$/;
const CHANNEL = /(?:^|[a-z])(?:Channel|DestinationChannel)$/;

/**
 * A stream that was recorded on a real Asterisk, as a script with ids of its own, so that it can be played any
 * number of times.
 *
 * @param events with Timestamp, in order
 */
export function recording(ids: Ids, events: readonly PlayedEvent[]): Script {
  const known = new Map<string, string>();
  const renamed = (old: string, make: () => string) => {
    const name = known.get(old) ?? make();
    known.set(old, name);
    return name;
  };
  const rename = (name: string, value: string): string => {
    if (value === '' || value.startsWith('<')) return value;
    if (BRIDGE.test(name)) return renamed(value, () => ids.bridge());
    if (UNIQUEID.test(name)) return renamed(value, () => ids.uniqueid());
    if (!CHANNEL.test(name)) return value;
    // The two halves of a Local channel differ in the last letter only.
    const [whole, device = '', half = ''] = /^(.*)-[0-9a-f]{8}(;[12])?$/.exec(value) ?? [];
    if (whole === undefined) return value;
    return renamed(value.replace(/;[12]$/, ''), () => `${device}-${ids.channelSuffix()}`) + half;
  };
  const startedAt = Number(events[0]?.['Timestamp']);
  return events.map((recorded) => {
    const event: Record<string, string> = {};
    for (const [name, value] of Object.entries(recorded)) {
      // The recorder made a header without a name where a packet ended.
      if (name !== 'Timestamp' && name !== '') event[name] = rename(name, value);
    }
    return { atMs: Math.round((Number(recorded['Timestamp']) - startedAt) * 1000), event };
  });
}
