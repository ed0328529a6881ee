/** The section `calls` of the configuration. */
export interface CallsConfig {
  /** The company's number, shown to whoever is outside; with or without a plus. */
  readonly callerId: string;
  /** dialplan-examples/courier-call.conf; its neighbour `CONTEXT-first` rings who is outside. */
  readonly context: string;
  /** Each telephone. */
  readonly ringSeconds: number;
  /** Calls that one user or token may ask for. */
  readonly perMinute: number;
  /** Such as `07:00-23:00`, in `desk.timeZone`; `00:00-24:00` is always. */
  readonly hours: string;
  readonly recordCouriers: boolean;
  /** The courier presses 1 before the recipient is rung. */
  readonly confirmCourier: boolean;
  /** Sounds of Asterisk; `''` for none. */
  readonly announceCourier: string;
  readonly announceRecipient: string;
  /** The first that names an extension, or names none, says how its telephone is made to pick up. */
  readonly autoAnswer: readonly {
    readonly extensions?: readonly string[] | undefined;
    readonly header: 'call-info' | 'alert-info' | 'none';
  }[];
}
