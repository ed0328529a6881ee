import type { MiddlewareHandler } from 'hono';
import type { Client, Role } from '../accounts/client.ts';
import type { ApiContext } from './context.ts';
import { ApiError } from './errors.ts';

const EVERYONE: readonly Role[] = ['operator', 'supervisor', 'admin'];
const SUPERVISORS: readonly Role[] = ['supervisor', 'admin'];
const ADMINS: readonly Role[] = ['admin'];

/** What may be done, and by whom. docs/sign-in.md has the same table for people. */
export const RIGHTS = {
  /** The journal, the events and the tables. */
  'calls.read': EVERYONE,
  /** Who of the house talks with whom while it lasts; see `seen-calls.ts`. One's own calls everybody sees. */
  'calls.watch': SUPERVISORS,
  /** Notes and links by hand. */
  'calls.annotate': EVERYONE,
  /** Calls from one's own telephone. */
  'calls.make': EVERYONE,
  /** To connect the caller one talks with. */
  'calls.connect': EVERYONE,
  /** The same from other people's telephones, and to end other people's calls. */
  'calls.manage': SUPERVISORS,
  'people.read': EVERYONE,
  /** Recordings of one's own calls. */
  'recordings.listen': EVERYONE,
  /** Those of other people, and who has listened. */
  'recordings.listen-to-all': SUPERVISORS,
  'surveys.read': EVERYONE,
  'surveys.write': SUPERVISORS,
  'test-calls': SUPERVISORS,
  'status.read': SUPERVISORS,
  'users.manage': ADMINS,
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof RIGHTS;

export function can({ role }: Pick<Client, 'role'>, permission: Permission): boolean {
  return RIGHTS[permission].includes(role);
}

/** Lets a route answer those who may; each route of `/api/` has one. @throws {ApiError} `forbidden` */
export function may(permission: Permission): MiddlewareHandler<ApiContext> {
  return async (c, next) => {
    if (!can(c.get('client'), permission)) throw new ApiError('forbidden');
    await next();
  };
}
