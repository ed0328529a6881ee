import { address } from '../router.ts';
import { lostAsterisks } from '../live/live.ts';
import { Icon } from '../parts/icon.tsx';
import type { User } from '../session.ts';
import { texts } from '../text/text.ts';
import { Menu } from './menu.tsx';

export function Bar({ user }: { readonly user: User }) {
  const t = texts.value;
  const { pathname } = address.value;
  const places = [
    { path: '/', name: t.pages.now },
    { path: '/missed', name: t.pages.missed },
    { path: '/journal', name: t.pages.journal },
    ...(user.role === 'operator' ? [] : [{ path: '/health', name: t.pages.health }]),
  ];
  return (
    <header class="bar">
      <a class="brand" href="/">
        {t.product}
      </a>
      <nav aria-label={t.pages.nav}>
        {places.map(({ path, name }) => (
          <a key={path} href={path} aria-current={isIn(pathname, path) ? 'page' : undefined}>
            {name}
          </a>
        ))}
      </nav>
      <span class="grow" />
      <a class={`link ${lostAsterisks.value.length > 0 ? 'bad' : 'ok'}`} href="/health">
        <Icon name={lostAsterisks.value.length > 0 ? 'fail' : 'fine'} />
      </a>
      <Menu user={user} />
    </header>
  );
}

function isIn(pathname: string, path: string): boolean {
  return path === '/' ? pathname === '/' : pathname === path || pathname.startsWith(`${path}/`);
}
