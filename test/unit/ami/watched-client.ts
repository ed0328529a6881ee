import { AmiClient } from '../../../src/ami/client.ts';
import type { Flaw } from '../../../src/ami/event-shape.ts';
import type { AmiMessage } from '../../../src/ami/message.ts';
import type { AmiClientOptions, AmiReady, AmiTiming } from '../../../src/ami/options.ts';
import { CodedError } from '../../../src/util/errors.ts';
import { SECRET, until } from './fake-ami.ts';

/** Short, so that a test waits for little; long enough for a busy machine where it must not run out. */
export const QUICK: Partial<AmiTiming> = {
  firstPauseMs: 5,
  longestPauseMs: 20,
  mendPauseMs: 40,
  bootMs: 5000,
  settleMs: 20,
};

/** A client that notes all that it tells. */
export class WatchedClient {
  readonly client: AmiClient;
  readonly readies: AmiReady[] = [];
  readonly events: AmiMessage[] = [];
  readonly downs: { readonly code: string; readonly message: string; readonly since: Date }[] = [];
  readonly flaws: Flaw[] = [];
  readonly problems: { readonly code: string; readonly message: string }[] = [];
  /** In their order: `ready`, `down`, and events by name. */
  readonly story: string[] = [];

  constructor(port: number, options: Partial<AmiClientOptions> = {}) {
    this.client = new AmiClient({
      host: '127.0.0.1',
      port,
      username: 'desk',
      secret: SECRET,
      events: ['system', 'call'],
      ...options,
      timing: { ...QUICK, ...options.timing },
      onReady: (ready) => {
        this.readies.push(ready);
        this.story.push('ready');
        options.onReady?.(ready);
      },
      onEvent: (event) => {
        this.events.push(event);
        this.story.push(event.event ?? '');
        return options.onEvent?.(event);
      },
      onDown: (reason, since) => {
        this.downs.push({ code: reason.code, message: reason.message, since });
        this.story.push('down');
        options.onDown?.(reason, since);
      },
      onFlaw: (flaw) => this.flaws.push(flaw),
      onProblem: (problem) => {
        if (!(problem instanceof Error)) throw new Error(`No error: ${String(problem)}`);
        this.problems.push({
          code: problem instanceof CodedError ? problem.code : '',
          message: problem.message,
        });
      },
    });
  }

  async ready(times = 1): Promise<void> {
    this.client.start();
    await until(
      `ready for time ${times}; problems: ${JSON.stringify(this.problems)}`,
      () => this.readies.length >= times,
    );
  }

  /** Starts it and waits for the first thing that goes wrong. */
  async problem(): Promise<{ readonly code: string; readonly message: string }> {
    this.client.start();
    await until('a problem', () => this.problems.length > 0);
    return this.problems[0] ?? { code: '', message: '' };
  }

  untilEvent(name: string, times = 1): Promise<void> {
    return until(`event ${name}`, () => this.events.filter(({ event }) => event === name).length >= times);
  }
}
