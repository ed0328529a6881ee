import { Gauge, type Registry } from 'prom-client';
import type { Door } from '../door/door.ts';
import { REFUSAL_REASONS } from '../door/options.ts';

/** What the door has done. Values are read when somebody asks. */
export function addDoorMetrics(
  registry: Registry,
  door: Pick<Door, 'counters' | 'connections' | 'isAlarmed'>,
): void {
  const gauge = (name: string, help: string, read: () => number): void => {
    registry.registerMetric(
      new Gauge({
        name,
        help,
        registers: [],
        collect() {
          this.set(read());
        },
      }),
    );
  };
  gauge(
    'courier_agi_desk_door_calls',
    'Calls that passed the door, since the start',
    () => door.counters.calls,
  );
  gauge('courier_agi_desk_door_connections', 'Connections to the door that are open', () => door.connections);
  gauge(
    'courier_agi_desk_door_dropped',
    'Connections closed unread since the start: of strange addresses, and too many',
    () => door.counters.dropped,
  );
  gauge('courier_agi_desk_door_alarm', '1 while something looked like fraud within the last hour', () =>
    Number(door.isAlarmed),
  );
  registry.registerMetric(
    new Gauge({
      name: 'courier_agi_desk_door_refusals',
      help: 'Requests refused since the start, by reason',
      labelNames: ['reason'],
      registers: [],
      collect() {
        // An increase over a series that appears with its first value would miss it, and an alert with it.
        for (const reason of REFUSAL_REASONS) this.set({ reason }, 0);
        for (const [reason, count] of door.counters.refusals) this.set({ reason }, count);
      },
    }),
  );
}
