/** From the least to the most. What each may do stands in `src/api/rights.ts`. */
export const ROLES = ['operator', 'supervisor', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Who asks. */
export interface Client {
  /** A program with a token, or a person who has signed in. */
  readonly kind: 'token' | 'session';
  /** Of the token, or with which the person signs in. */
  readonly name: string;
  readonly role: Role;
  /** `users.user` of the courier database; null for a program, and for whoever is not found there. */
  readonly user: string | null;
  /** Extensions and numbers of the person's telephones, as the calls name them: `101`, `79160000001`. */
  readonly extensions: readonly string[];
}
