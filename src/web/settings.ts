import { effect, signal } from '@preact/signals';
import { language } from './text/text.ts';

export type Theme = 'system' | 'light' | 'dark';

const THEME = 'courier-agi-theme';
const SLASH = 'courier-agi-slash';

export const theme = signal<Theme>(asTheme(localStorage.getItem(THEME)));
/** Whether the single key / goes to the search: some dictate, and their programs type it (WCAG 2.1.4). */
export const slashSearches = signal(localStorage.getItem(SLASH) !== 'off');

/** What the user chose, onto the page, now and at each change. */
export function applySettings(): void {
  effect(() => {
    document.documentElement.lang = language.value;
  });
  effect(() => {
    localStorage.setItem(THEME, theme.value);
    if (theme.value === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme.value;
  });
  effect(() => {
    localStorage.setItem(SLASH, slashSearches.value ? 'on' : 'off');
  });
}

function asTheme(text: string | null): Theme {
  return text === 'light' || text === 'dark' ? text : 'system';
}
