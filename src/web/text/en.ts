import type { Texts } from './ru.ts';

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** What the pages say, in English. */
export const en: Texts = {
  locale: 'en-GB',
  product: 'courier-agi',
  toContent: 'Skip to content',
  pages: {
    now: 'Now',
    missed: 'Missed',
    journal: 'Journal',
    health: 'Health',
    people: 'Users',
    shipment: (code) => `Shipment ${code}`,
    nothing: 'There is no such page',
    nav: 'Sections',
  },
  signIn: {
    title: 'Sign in',
    name: 'User name',
    password: 'Password',
    submit: 'Sign in',
    ended: 'The session has ended. Sign in again, the page stays open.',
    withOidc: 'Sign in with the company account',
    wrong: 'Wrong user name or password.',
  },
  loading: 'Loading',
  away: 'The server does not answer. Try again in a minute.',
  retry: 'Try again',
  close: 'Close',
  cancel: 'Cancel',
  search: { label: 'Number, code, name' },
  menu: {
    label: 'Settings and sign out',
    sound: 'Ringing sound',
    soundHere: 'in this tab',
    soundOff: 'off',
    soundElsewhere: 'Another tab sounds now.',
    soundAsleep: 'The browser allows sound after the first click on the page.',
    theme: 'Look',
    themes: { system: 'as the system', light: 'light', dark: 'dark' },
    language: 'Language',
    slash: 'The key / goes to the search',
    keys: 'Keys',
    leave: 'Sign out',
  },
  roles: { operator: 'operator', supervisor: 'supervisor', admin: 'admin' },
  units: {
    calls: (count) => counted(count, 'call', 'calls'),
  },
};
