import { go } from '../router.ts';
import { slashSearches } from '../settings.ts';

/**
 * The keyboard. What dials wants Alt, so that a key typed into the wrong window never calls anyone. The place of a key
 * counts and not its letter: operators type Cyrillic.
 *
 * @returns ends it
 */
export function listenToKeys(): () => void {
  const listen = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || document.querySelector('dialog[open]') !== null) return;
    if (event.altKey && !event.shiftKey) {
      if (event.code === 'Digit0') return take(event, () => go('/'), '.card h2');
      if (event.code === 'KeyN') return take(event, openNote, '[data-note]');
      const button = /^Digit[1-9]$/.test(event.code)
        ? document.querySelector<HTMLButtonElement>(`[data-key="${event.code}"]`)
        : null;
      if (button !== null) take(event, () => button.click());
      return;
    }
    const isTyping =
      event.target instanceof HTMLElement &&
      event.target.matches('input, textarea, select, [contenteditable]');
    // What floats closes first, by itself.
    if (event.code === 'Escape' && !isTyping && document.querySelector(':popover-open') === null) {
      document.querySelector<HTMLElement>('[data-back]')?.click();
    }
    if (event.code === 'Slash' && event.key !== '?' && !isTyping && slashSearches.value) {
      take(event, () => document.getElementById('find')?.focus());
    }
  };
  document.addEventListener('keydown', listen);
  return () => document.removeEventListener('keydown', listen);
}

/** @param target gets the focus once it is drawn */
function take(event: KeyboardEvent, act: () => void, target?: string): void {
  event.preventDefault();
  act();
  if (target === undefined) return;
  requestAnimationFrame(() => {
    const element = document.querySelector<HTMLElement>(target);
    if (element === null) return;
    if (element.tabIndex < 0) element.tabIndex = -1;
    element.focus();
  });
}

function openNote(): void {
  if (document.querySelector('[data-note]') === null)
    document.querySelector<HTMLElement>('[data-open-note]')?.click();
}
