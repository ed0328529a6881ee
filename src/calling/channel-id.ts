import { randomUUID } from 'node:crypto';

/** Uniqueid of the first channel of a call that we make, and so the Linkedid of the call. */
export const CHANNEL_ID = /^courier-[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

export function newChannelId(): string {
  return `courier-${randomUUID()}`;
}
