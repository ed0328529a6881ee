import { computed, signal } from '@preact/signals';
import { deskTime } from '../live/clock.ts';
import { en } from './en.ts';
import { createFormats } from './formats.ts';
import { ru, type Texts } from './ru.ts';

export type Language = 'ru' | 'en';

const KEY = 'courier-agi-language';

/** What the user chose in this browser; null leaves it to the browser, and that to the desk. */
const chosen = signal<Language | null>(asLanguage(localStorage.getItem(KEY)));
/** Of the desk, for browsers in other languages. */
export const deskLanguage = signal<Language | null>(null);

export const language = computed<Language>(
  () => chosen.value ?? asLanguage(navigator.language.slice(0, 2)) ?? deskLanguage.value ?? 'en',
);

/** The texts in the user's language. Read inside of components, so that they change with it. */
export const texts = computed<Texts>(() => (language.value === 'ru' ? ru : en));

/** Times in the user's language and time zone. */
export const formats = computed(() => createFormats(texts.value.locale, texts.value.days));

/** A time in the words of a sentence. @param words the day is `''` for today */
export function when(at: string | number, words: (day: string, time: string) => string): string {
  const f = formats.value;
  return words(f.dayBeside(at, deskTime()), f.time(at));
}

/** `12:03`, `вчера 12:03`, `24.11 12:03` */
export function dayAndTime(at: string | number): string {
  return when(at, (day, time) => `${day} ${time}`.trim());
}

export function chooseLanguage(value: Language): void {
  localStorage.setItem(KEY, value);
  chosen.value = value;
}

export function asLanguage(text: string | null): Language | null {
  return text === 'ru' || text === 'en' ? text : null;
}
