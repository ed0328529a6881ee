import { randomUUID } from 'node:crypto';

/** Uniqueid of the first channel of a call that we make, and so the Linkedid of the call. */
export const CHANNEL_ID = /^courier-(?:test-)?[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/** @param isTest a test call is known for one by every desk, also when it was made without */
export function newChannelId(isTest: boolean): string {
  return `courier-${isTest ? 'test-' : ''}${randomUUID()}`;
}

export function isTestChannel(id: string): boolean {
  return id.startsWith('courier-test-') && CHANNEL_ID.test(id);
}
