import { asterisks, connection, deskRole, lostAsterisks } from '../live/liveness.ts';
import { owed } from '../missed/missed.ts';
import { Icon } from '../parts/icon.tsx';
import { address } from '../router.ts';
import type { User } from '../session.ts';
import { texts } from '../text/text.ts';
import { Menu } from './menu.tsx';
import { Search } from './search.tsx';

export function Bar({ user }: { readonly user: User }) {
  const t = texts.value;
  const { pathname } = address.value;
  const count = owed.value?.length ?? 0;
  const current = (path: string): 'page' | undefined =>
    (path === '/' ? pathname === '/' : pathname === path || pathname.startsWith(`${path}/`))
      ? 'page'
      : undefined;
  return (
    <header class="bar">
      <a class="brand" href="/">
        {t.product}
      </a>
      <nav aria-label={t.pages.nav}>
        <a href="/" aria-current={current('/')}>
          {t.pages.now}
        </a>
        <a href="/missed" aria-current={current('/missed')}>
          {t.pages.missed} {count > 0 && <span class="count">{count}</span>}
        </a>
        <a href="/journal" aria-current={current('/journal') ?? current('/shipments')}>
          {t.pages.journal}
        </a>
        {user.role !== 'operator' && (
          <a href="/status" aria-current={current('/status')}>
            {t.pages.health}
          </a>
        )}
      </nav>
      <Search />
      <span class="grow" />
      <AsteriskLink user={user} />
      <Menu user={user} />
    </header>
  );
}

/** Whether calls are followed; it leads those who can do something about it to the page that says more. */
function AsteriskLink({ user }: { readonly user: User }) {
  const t = texts.value;
  const isUnknown = connection.value.state !== 'live' || asterisks.value.length === 0;
  const isLost = lostAsterisks.value.length > 0;
  const isStandby = connection.value.state === 'live' && deskRole.value === 'standby';
  const tone = isUnknown ? 'muted' : isLost ? 'bad' : 'ok';
  const inside = (
    <>
      <Icon name={isUnknown ? 'wait' : isLost ? 'fail' : 'fine'} />
      <span>
        {isStandby
          ? t.asterisk.standby
          : isUnknown
            ? t.asterisk.unknown
            : isLost
              ? t.asterisk.bad
              : t.asterisk.good}
      </span>
    </>
  );
  return user.role === 'operator' ? (
    <span class={`link ${tone}`}>{inside}</span>
  ) : (
    <a class={`link ${tone}`} href="/status">
      {inside}
    </a>
  );
}
