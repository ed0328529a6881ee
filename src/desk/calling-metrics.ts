import { Gauge, type Registry } from 'prom-client';
import { type CallingCounters, REFUSED_FOR } from '../calling/counters.ts';
import type { AskedBy } from '../calling/request.ts';
import { RESULT_CODES } from '../calling/result.text.ts';

const ASKED_BY: readonly AskedBy[] = ['click', 'courier', 'door', 'test'];

/** What became of calls that the desk was asked for. Values are read when somebody asks. */
export function addCallingMetrics(
  registry: Registry,
  counters: Pick<CallingCounters, 'made' | 'refused'>,
): void {
  registry.registerMetric(
    new Gauge({
      name: 'courier_agi_desk_calls_made',
      help: 'Calls that the desk made and that have ended, since the start: by what asked for them, and by result',
      labelNames: ['by', 'result'],
      registers: [],
      collect() {
        // An increase over a series that appears with its first value would miss it.
        for (const by of ASKED_BY) for (const result of RESULT_CODES) this.set({ by, result }, 0);
        for (const { by, what, count } of counters.made) this.set({ by, result: what }, count);
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: 'courier_agi_desk_calls_refused',
      help: 'Calls that were asked for and not made, since the start: by what asked for them, and by the code of the refusal',
      labelNames: ['by', 'reason'],
      registers: [],
      collect() {
        for (const by of ASKED_BY) for (const reason of REFUSED_FOR) this.set({ by, reason }, 0);
        for (const { by, what, count } of counters.refused) this.set({ by, reason: what }, count);
      },
    }),
  );
}
