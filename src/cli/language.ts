import type { Language } from '../routing/reason.text.ts';

/** The language of the locale, as gettext finds it: `LC_ALL`, else `LC_MESSAGES`, else `LANG`. */
export function languageOf(env: NodeJS.ProcessEnv): Language {
  const locale = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '';
  return locale.toLowerCase().startsWith('ru') ? 'ru' : 'en';
}
