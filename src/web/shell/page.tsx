import type { Me } from '../calls/page-call.ts';
import { Nothing } from '../pages/nothing.tsx';
import { Now } from '../pages/now/now.tsx';
import { address } from '../router.ts';
import type { User } from '../session.ts';

/** The page of the address. */
export function Page({ user: _user, me }: { readonly user: User; readonly me: Me }) {
  const [section = ''] = address.value.pathname.split('/').slice(1);
  switch (section) {
    case '':
      return <Now me={me} />;
    default:
      return <Nothing />;
  }
}
