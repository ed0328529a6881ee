import { signal } from '@preact/signals';
import { ask } from '../api.ts';

interface StaffMember {
  /** `users.user` */
  readonly user: string;
  readonly telephones: readonly string[];
}

/** Who of the house has which telephones; empty until it is known. */
export const staff = signal<readonly StaffMember[]>([]);

/** It changes hardly ever, in ms. */
const FRESH_MS = 10 * 60_000;
let askedAt = 0;

/** Reads it unless it was read lately. */
export function readStaff(): void {
  if (Date.now() - askedAt < FRESH_MS) return;
  askedAt = Date.now();
  ask<{ staff: StaffMember[] }>('/api/staff').then(
    (answer) => {
      staff.value = answer.staff;
    },
    () => {
      askedAt = 0;
    },
  );
}

/** The telephones that somebody of the house has; none while that is not known. @param user `users.user` */
export function telephonesOf(user: string): readonly string[] {
  readStaff();
  return staff.value.find((one) => one.user === user)?.telephones ?? [];
}
