import { readFileSync } from 'node:fs';

type Recorded = Readonly<Record<string, string>>;

/** A recorded stream of test/fixtures/ami-streams, such as `22-a`. */
export function recordedEvents(name: string): readonly Recorded[] {
  const file = new URL(`../../fixtures/ami-streams/${name}.json`, import.meta.url);
  const events = JSON.parse(readFileSync(file, 'utf8')) as readonly Recorded[];
  // The recorder made a header without a name where a packet ended; Asterisk writes none.
  return events.map(({ '': _nameless, ...event }) => event);
}

/** As Asterisk writes it. */
export function wireText(event: Recorded): string {
  return `${Object.entries(event)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;
}
