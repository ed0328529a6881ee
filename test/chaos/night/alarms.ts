import type { DeskProcess } from '../../lab/desk-process.ts';

/** Errors that desks have logged since a moment, as `message`, or `message: problem` where there is one. */
export class Alarms {
  readonly #since: ReadonlyMap<DeskProcess, number>;

  constructor(desks: readonly DeskProcess[]) {
    this.#since = new Map(desks.map((desk) => [desk, desk.log().length]));
  }

  of(desk: DeskProcess): string[] {
    return desk
      .log()
      .slice(this.#since.get(desk) ?? 0)
      .split('\n')
      .flatMap((line) => {
        if (!line.startsWith('{') || !line.endsWith('}')) return [];
        const { level, msg, problem } = JSON.parse(line);
        if (!(level === 'error' || level >= 50)) return [];
        return [typeof problem === 'string' ? `${msg}: ${problem}` : String(msg)];
      });
  }

  /** How often somebody was alarmed with this message. */
  count(desks: readonly DeskProcess[], message: string): number {
    return desks.flatMap((desk) => this.of(desk)).filter((text) => text.startsWith(message)).length;
  }
}
