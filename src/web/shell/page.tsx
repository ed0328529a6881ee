import type { Me } from '../calls/page-call.ts';
import { Health } from '../pages/health/health.tsx';
import { Journal } from '../pages/journal/journal.tsx';
import { Missed } from '../pages/missed.tsx';
import { Nothing } from '../pages/nothing.tsx';
import { Now } from '../pages/now/now.tsx';
import { SearchPage } from '../pages/search.tsx';
import { ShipmentPage } from '../pages/shipment.tsx';
import { address, decoded } from '../router.ts';
import type { User } from '../session.ts';

/** The page of the address. */
export function Page({ user, me }: { readonly user: User; readonly me: Me }) {
  const [section = '', rest = ''] = address.value.pathname.split('/').slice(1);
  const code = decoded(rest) ?? '';
  switch (section) {
    case '':
      return <Now me={me} user={user} />;
    case 'missed':
      return <Missed me={me} />;
    case 'journal':
      return <Journal me={me} />;
    case 'shipments':
      return code === '' ? <Nothing /> : <ShipmentPage code={code} />;
    case 'search':
      return <SearchPage />;
    case 'status':
      return <Health user={user} />;
    default:
      return <Nothing />;
  }
}
