/** The languages of what people read. */
export type Language = 'en' | 'ru';

/** One text in every language. */
export type Text = Readonly<Record<Language, string>>;

/** The language of the locale, as gettext finds it: `LC_ALL`, else `LC_MESSAGES`, else `LANG`. */
export function languageOf(env: NodeJS.ProcessEnv): Language {
  const locale = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '';
  return locale.toLowerCase().startsWith('ru') ? 'ru' : 'en';
}

/** What is the same in every language: a name, a command, the words of another program. */
export function verbatim(text: string): Text {
  return { en: text, ru: text };
}

/** Sentences, one after the other. */
export function joined(texts: readonly Text[], separator = ' '): Text {
  return {
    en: texts.map(({ en }) => en).join(separator),
    ru: texts.map(({ ru }) => ru).join(separator),
  };
}
