import type { AgiEnvironment } from '../agi/environment.ts';
import type { AgiSession } from '../agi/session.ts';

/** What the dialplan asks for: `agi://host/NAME?parameter=value&…`. */
export interface ScriptRequest {
  readonly environment: AgiEnvironment;
  /** Percent-decoded; only names that the script knows. */
  readonly params: ReadonlyMap<string, string>;
  /** `CHANNEL(linkedid)`, which all channels of one call share; empty when the dialplan did not pass it. */
  readonly linkedId: string;
}

/** One of the scripts that a dialplan can ask for. */
export interface Script {
  /** Names of the parameters that it knows. */
  readonly parameters: readonly string[];
  /**
   * From the moment the environment is read to the session's end, in ms. Without it, what is left of the
   * server's own deadline.
   */
  readonly deadlineMs?: number;
  /** The session is closed when it returns. What it throws fails the session and is reported as a defect. */
  readonly run: (session: AgiSession, request: ScriptRequest) => Promise<void>;
}

/** What is known of a session that asks for nothing that can be run. */
export interface FailedRequest {
  /** Empty when the environment never came, or is malformed. */
  readonly uniqueId: string;
  readonly error: Error;
}
