import { signal } from '@preact/signals';

/** Where the browser is. Filters and the opened call stand in it as well. */
export const address = signal(new URL(location.href));

/** @param how `replace` for what the browser's Back skips, such as each letter of a search */
export function go(target: string | URL, how: 'push' | 'replace' = 'push'): void {
  const url = new URL(target, location.href);
  if (url.href === location.href) return;
  const isOtherPage = url.pathname.split('/')[1] !== address.value.pathname.split('/')[1];
  if (how === 'push') history.pushState(null, '', url);
  else history.replaceState(null, '', url);
  address.value = url;
  if (url.hash !== '')
    requestAnimationFrame(() => document.getElementById(url.hash.slice(1))?.scrollIntoView());
  else if (isOtherPage) window.scrollTo(0, 0);
}

/** A part of the path as text; null when it is none, such as `%E0`. */
export function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

/** Links of ours change the page without loading it. */
export function followLinks(): void {
  window.addEventListener('popstate', () => {
    address.value = new URL(location.href);
  });
  document.addEventListener('click', (event) => {
    const isPlain =
      event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (
      !isPlain ||
      event.defaultPrevented ||
      link === null ||
      link.target !== '' ||
      link.hasAttribute('download')
    )
      return;
    const url = new URL(link.href, location.href);
    if (url.origin !== location.origin || url.pathname.startsWith('/api/')) return;
    // A place on the same page: the browser knows the way.
    if (url.hash !== '' && url.pathname === location.pathname && url.search === location.search) return;
    event.preventDefault();
    go(url);
  });
}
