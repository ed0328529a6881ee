import { z } from 'zod';
import { doorSection } from './door.config.ts';
import { feedsSection } from './feeds.config.ts';
import { callsSection } from './calls.config.ts';
import { surveySection } from './survey.config.ts';
import { recordingsSection } from './recordings.config.ts';
import { addressList, flag, host, notEmpty, oneOf, text, wholeNumber } from './fields.ts';

/*
 * The sections of the desk: every key, its default and what is allowed. The router ignores them, as the desk ignores
 * those of the router.
 */

const filePath = (what: string) => text(`must be the path of a file that holds ${what}`, notEmpty);

const asterisk = z.strictObject({
  name: text('must be a name of 1 to 20 letters, digits, _ and -', (value) =>
    /^[\w-]{1,20}$/.test(value),
  ).default('main'),
  host: host.default('127.0.0.1'),
  port: wholeNumber(1, 65_535).default(5038),
  username: text('must be the name of a user of manager.conf', notEmpty).default('courier-agi'),
  secretFile: filePath('the secret of that user').default('/etc/courier-agi/ami-secret'),
  tls: flag.default(false),
  trunks: z
    .array(text('must be the name of an endpoint', notEmpty), {
      error: 'must be a list of names of endpoints',
    })
    .default([]),
  cdr: text('must begin with file:, mysql:// or mariadb://', (value) =>
    /^(file:\/.|(mysql|mariadb):\/\/.)/.test(value),
  ).optional(),
  cdrPasswordFile: filePath('the password of the database in cdr').optional(),
});

/** A list; `load.ts` makes one of a single Asterisk. Without any the desk is off. */
const asteriskSection = z
  .array(asterisk, { error: 'must be a section of keys, or a list of them' })
  .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, {
    error: 'must give each Asterisk another name',
  })
  .default([]);

const journalSection = z.strictObject({
  url: text(
    // A service has another folder to start from than whoever tries it at a terminal.
    'must be sqlite: with a path from the root, such as sqlite:/var/lib/courier-agi/journal.db, or begin with mysql:// or mariadb://',
    (value) => /^(sqlite:\/.|(mysql|mariadb):\/\/.)/.test(value),
  ).default('sqlite:/var/lib/courier-agi/journal.db'),
  passwordFile: filePath('the password').optional(),
  keepDays: wholeNumber(1, 36_500).default(1095),
});

const deskDatabase = z.strictObject({
  url: text('must begin with mysql:// or mariadb://', (value) => /^(mysql|mariadb):\/\/./.test(value)),
  passwordFile: filePath('the password').optional(),
});

const roleName = text('must be what roleClaim calls this role', notEmpty);

const openId = z.strictObject({
  issuer: text(
    'must be an address such as https://login.example/realms/office; http:// on this machine only',
    isIssuer,
  ),
  clientId: text('must be the id that the provider knows the desk by', notEmpty),
  clientSecretFile: filePath('the secret of that id').optional(),
  nameClaim: text('must be the name of a claim', notEmpty).default('preferred_username'),
  roleClaim: text('must be the name of a claim, such as realm_access.roles', notEmpty).optional(),
  roles: z
    .strictObject({
      operator: roleName.default('operator'),
      supervisor: roleName.default('supervisor'),
      admin: roleName.default('admin'),
    })
    .prefault({}),
});

const deskSection = z
  .strictObject({
    host: host.default('127.0.0.1'),
    port: wholeNumber(0, 65_535).default(8573),
    allow: addressList.default(['127.0.0.1', '::1']),
    publicUrl: text('must be what browsers call the desk, such as https://desk.example', isOrigin).optional(),
    proxies: addressList.default(['127.0.0.1', '::1']),
    tls: z.strictObject({ certFile: filePath('the certificate'), keyFile: filePath('its key') }).optional(),
    proxyUser: z
      .strictObject({
        header: text('must be the name of a header such as Remote-User', (value) =>
          /^[\w-]{1,60}$/.test(value),
        ),
        from: addressList,
      })
      .optional(),
    openId: openId.optional(),
    database: deskDatabase.optional(),
    usersFile: text('must be the path of a file to write', notEmpty).default(
      '/var/lib/courier-agi/desk-users.json',
    ),
    tokensFile: text('must be the path of a file to write', notEmpty).default(
      '/var/lib/courier-agi/desk-tokens.json',
    ),
    language: oneOf('ru', 'en').default('ru'),
    timeZone: text('must be a time zone such as Europe/Moscow', isTimeZone).default('Europe/Moscow'),
  })
  // The provider must be told where to send the browser back to.
  .refine(({ openId: section, publicUrl }) => section === undefined || publicUrl !== undefined, {
    error: 'must be set for openId: the address in the browser, without a path',
    path: ['publicUrl'],
  });

function isIssuer(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname } = new URL(value);
  return (
    protocol === 'https:' ||
    (protocol === 'http:' && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname))
  );
}

/** Scheme, host and port; a `/` at the end does no harm. */
function isOrigin(value: string): boolean {
  return (
    /^https?:\/\//.test(value) && URL.canParse(value) && new URL(value).origin === value.replace(/\/$/, '')
  );
}

function isTimeZone(value: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

export const deskSections = {
  asterisk: asteriskSection,
  journal: journalSection.prefault({}),
  desk: deskSection.prefault({}),
  door: doorSection.prefault({}),
  survey: surveySection,
  recordings: recordingsSection,
  feeds: feedsSection,
  calls: callsSection.optional(),
};
