/** Of the played Asterisk's AMI. */
export const ACCOUNT = { username: 'bench', secret: 'bench' };
/** Every call rings there, and one of them answers. */
export const RINGS = ['101', '102', '103', '104', '105'];
export const RING_SECONDS = 1;
export const TALK_SECONDS = 3;

export interface PlayedReport {
  readonly port?: number;
  /** Of a call that is over. */
  readonly ended?: { readonly number: string; readonly answeredBy: string };
  /** All calls are over: events that were sent. */
  readonly events?: number;
}
