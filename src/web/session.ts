import { computed, signal } from '@preact/signals';
import { ask, Refusal, whenUnauthorized } from './api.ts';
import { deskLanguage, asLanguage } from './text/text.ts';

export interface User {
  readonly name: string;
  readonly role: 'operator' | 'supervisor' | 'admin';
  /** `users.user` of the courier database. */
  readonly login: string | null;
  /** Of their telephones, a mobile number included. */
  readonly extensions: readonly string[];
  readonly language?: string | null;
  /** Of the company, such as `Europe/Moscow`. */
  readonly timeZone: string;
  readonly canSignOut: boolean;
  readonly canChangePassword: boolean;
}

type Session =
  | { readonly state: 'asking' }
  /** The desk cannot be reached. */
  | { readonly state: 'away' }
  | { readonly state: 'out'; readonly ended: boolean }
  | { readonly state: 'in'; readonly user: User };

export const session = signal<Session>({ state: 'asking' });

/** Null while nobody is signed in. */
export const user = computed<User | null>(() => (session.value.state === 'in' ? session.value.user : null));

/** Asks the desk who is signed in. Also asked anew while somebody is: their role and telephones may have changed. */
export async function openSession(): Promise<void> {
  try {
    const answer = await ask<{ user: User }>('/api/session');
    const { value } = user;
    if (value === null || value.name === answer.user.name) enter(answer);
    // Somebody else has signed in, in another tab: nothing of the one before may stay on the page.
    else location.reload();
  } catch (refusal) {
    const before = session.value;
    const wasIn = before.state === 'in';
    const status = refusal instanceof Refusal ? refusal.status : 0;
    // What a proxy says while the desk is away signs nobody out.
    const isKnown = wasIn ? status === 401 : status > 0 && status < 500;
    if (isKnown) session.value = { state: 'out', ended: wasIn || (before.state === 'out' && before.ended) };
    // Whoever is in keeps the page: it says itself that the desk is away.
    else if (!wasIn) session.value = { state: 'away' };
  }
}

/** @throws {Refusal} */
export async function signIn(name: string, password: string): Promise<void> {
  enter(await ask<{ user: User }>('/api/session', { method: 'POST', body: { name, password } }));
}

/** @throws {Refusal} it did not work, and the user is signed in as before */
export async function signOut(): Promise<void> {
  try {
    await ask('/api/session', { method: 'DELETE' });
  } catch (refusal) {
    // The session has ended already.
    if (!(refusal instanceof Refusal && refusal.status === 401)) throw refusal;
  }
  session.value = { state: 'out', ended: false };
}

function enter({ user: entered }: { user: User }): void {
  deskLanguage.value = asLanguage(entered.language ?? null);
  // The same user stays the same object, so that nothing is drawn anew.
  if (JSON.stringify(entered) !== JSON.stringify(user.value)) session.value = { state: 'in', user: entered };
}

whenUnauthorized(() => {
  if (session.value.state === 'in') session.value = { state: 'out', ended: true };
});
