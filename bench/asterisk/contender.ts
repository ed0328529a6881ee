import type { Asterisk } from '../../test/lab/asterisk.ts';

/** In the order of the table. */
export const ASTERISK_KEYS = ['g', 'a', 'c', 'f'] as const;
export type AsteriskKey = (typeof ASTERISK_KEYS)[number];

/**
 * A way of looking a caller up, on an Asterisk of its own: its memory and its CPU time are those of this way
 * alone.
 */
export interface AsteriskContender {
  readonly key: AsteriskKey;
  readonly name: string;
  readonly asterisk: Asterisk;
  /** The FastAGI server that Asterisk asks; undefined when it looks up by itself, or nothing. */
  readonly server: { readonly pid: number; readonly port: number } | undefined;
  /** Its answers are this server's own, and are held against what is expected. */
  readonly decides: boolean;
}
