import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Config } from '../config/config.ts';
import { ConfigError, parseConfig, type LoadedConfig } from '../config/load.ts';
import { readDeskTls, readDoorTls } from '../desk/certificate.ts';
import { readSigningKey } from '../feeds/signing-key.ts';
import { systemCodeOf } from '../util/errors.ts';
import { joined, verbatim, type Text } from '../util/language.ts';
import { plural, pluralRu } from '../util/plural.ts';
import { hasUrlPassword } from '../util/url-password.ts';
import { fail, ok, warn, type Finding } from './check.ts';
import { look, may, READ, type ServiceUser } from './service-user.ts';
import { closedAbove } from './way.ts';

/** A file that the configuration names, to be read. */
interface NamedFile {
  /** Where it stands in the configuration, such as `desk.tls.certFile`. */
  readonly key: string;
  readonly path: string;
}

const OTHERS_MAY_READ = 0o004;

/** The desk makes these itself. */
const WRITTEN = new Set(['usersFile', 'tokensFile']);

/** Are the files there that the configuration names, of use to the service, and the secret ones to nobody else? */
export function checkFiles({ config, file, text = '' }: LoadedConfig, user: ServiceUser): Finding {
  // Not the one of $COURIER_AGI_DATABASE_URL, which no file holds.
  const { url } = parseConfig(text, file ?? '').database;
  const itself = file === null ? [] : [{ key: '--config', path: file }];
  const read = [...itself, ...filesOf(sectionsInUse(config))];
  const secrets = [
    ...(url !== undefined && hasUrlPassword(url) ? itself : []),
    ...filesOf(config).filter(isSecret),
  ];
  return (
    missing(read) ??
    useless(config) ??
    unreadable(read, user) ??
    openToOthers(pathsOf(secrets)) ??
    ok({
      en: `${plural(read.length, 'file')} can be read.`,
      ru: `Читается ${pluralRu(read.length, 'файл', 'файла', 'файлов')}.`,
    })
  );
}

/** Without an Asterisk to follow there is no desk, and a door that is shut reads nothing. */
function sectionsInUse(config: Config): Partial<Config> {
  const { database, asterisk, journal, desk, door, feeds, recordings } = config;
  if (asterisk.length === 0) return { database };
  return { database, asterisk, journal, desk, feeds, recordings, ...(door.enabled && { door }) };
}

function filesOf(value: unknown, above: readonly string[] = []): NamedFile[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]): NamedFile[] => {
    const keys = [...above, name];
    if (typeof inner !== 'string') return filesOf(inner, keys);
    return name.endsWith('File') && !WRITTEN.has(name) ? [{ key: keys.join('.'), path: inner }] : [];
  });
}

/** Certificates are shown to everybody anyway; their keys are not. */
function isSecret({ key }: NamedFile): boolean {
  return !/\.(?:cert|ca)File$/.test(key);
}

/** A certificate or its key: other programs make them, in folders of their own. */
function isCertificate({ key }: NamedFile): boolean {
  return /\.(?:certFile|caFile|tls\.keyFile)$/.test(key);
}

function pathsOf(files: readonly NamedFile[]): string[] {
  return [...new Set(files.map(({ path }) => path))];
}

function missing(files: readonly NamedFile[]): Finding | null {
  const gone = files.filter(({ path }) => isMissing(path));
  if (gone.length === 0) return null;
  const names = gone.map(({ key, path }) => `${key} ${path}`).join(', ');
  return fail(
    { en: `There is no such file: ${names}.`, ru: `Нет файла: ${names}.` },
    {
      en: 'Make it, or correct the path: what reads it does not start without.',
      ru: 'Создайте его или исправьте путь: без него служба не запустится.',
    },
  );
}

/** Not one that only whoever asks may not see. */
function isMissing(path: string): boolean {
  try {
    statSync(path);
    return false;
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes(systemCodeOf(error) ?? '');
  }
}

/** As the desk reads them when it starts. */
function useless({ asterisk, desk, door, feeds }: Config): Finding | null {
  if (asterisk.length === 0) return null;
  const reads = [
    { files: tlsFiles(desk), read: () => readDeskTls(desk), remedy: A_PAIR },
    ...(door.enabled ? [{ files: tlsFiles(door), read: () => readDoorTls(door), remedy: A_PAIR }] : []),
    ...feeds.flatMap(({ secretFile }, index) =>
      secretFile === undefined
        ? []
        : [
            {
              files: [secretFile],
              read: () => readSigningKey(secretFile, `feeds.${index}.secretFile`),
              remedy: A_SIGNING_KEY,
            },
          ],
    ),
  ];
  for (const { files, read, remedy } of reads) {
    if (!files.every(canBeSeen)) continue;
    try {
      read();
    } catch (error) {
      if (error instanceof ConfigError) return fail(verbatim(error.message), remedy);
      throw error;
    }
  }
  return null;
}

function tlsFiles({ tls }: Pick<Config['desk'], 'tls'>): string[] {
  return tls === undefined ? [] : [tls.certFile, tls.keyFile];
}

const A_PAIR: Text = {
  en: 'Both must be PEM, and the key that of the certificate: openssl x509 -noout -subject -enddate -in FILE shows one.',
  ru: 'Оба файла должны быть в PEM, и ключ — от этого сертификата; его покажет openssl x509 -noout -subject -enddate -in ФАЙЛ.',
};

const A_SIGNING_KEY: Text = {
  en: 'Make a new one as docs/feeds.md tells, and give it to the receiver.',
  ru: 'Создайте новый, как сказано в docs/feeds.md, и передайте его получателю.',
};

function canBeSeen(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** The folders count as well: README makes /etc/courier-agi before there is a user to own it. */
function unreadable(files: readonly NamedFile[], user: ServiceUser): Finding | null {
  const behind = files.flatMap((file) => {
    const closed = closedAbove(file.path, user);
    return closed === undefined ? [] : [{ ...file, closed }];
  });
  const closed = pathsOf(
    files.filter(({ path }) => {
      const stats = look(path);
      return stats !== undefined && !may(user, READ, stats);
    }),
  );
  const folders = [...new Set(behind.map((one) => one.closed))];
  if (folders.length + closed.length === 0) return null;
  const names = [...folders, ...closed].join(' ');
  // A folder that belongs to others, or that more is below of, stays as it is.
  const foreign = behind.filter((file) => isCertificate(file) || file.closed !== dirname(file.path));
  const own = folders.filter((folder) => foreign.every((file) => file.closed !== folder));
  const commands = [
    ...(own.length + closed.length > 0 ? [`chgrp ${user.name} ${[...own, ...closed].join(' ')}`] : []),
    ...(own.length > 0 ? [`chmod 750 ${own.join(' ')}`] : []),
    ...(closed.length > 0 ? [`chmod 640 ${closed.join(' ')}`] : []),
  ];
  return warn(
    {
      en: `User ${user.name}, whom the server runs as, may not read ${names}.`,
      ru: `Пользователь ${user.name}, от имени которого работает сервер, не может прочитать ${names}.`,
    },
    joined([
      ...(foreign.length > 0 ? [copied(pathsOf(foreign).join(' '), user)] : []),
      ...(commands.length > 0 ? [verbatim(commands.join('; '))] : []),
    ]),
  );
}

function copied(paths: string, { name }: ServiceUser): Text {
  return {
    en: `Copy them and name the copies: install -m 640 -g ${name} ${paths} /etc/courier-agi/. After certbot a script in /etc/letsencrypt/renewal-hooks/deploy/ does so: docs/sign-in.md, "Encryption".`,
    ru: `Скопируйте их и укажите копии: install -m 640 -g ${name} ${paths} /etc/courier-agi/. После certbot это делает скрипт в /etc/letsencrypt/renewal-hooks/deploy/: docs/sign-in.md, раздел "Encryption".`,
  };
}

function openToOthers(secrets: readonly string[]): Finding | null {
  const open = secrets.filter((path) => ((look(path)?.mode ?? 0) & OTHERS_MAY_READ) !== 0);
  if (open.length === 0) return null;
  const names = open.join(' ');
  return warn(
    {
      en: `Every user of this machine may read the password in ${names}.`,
      ru: `Пароль в ${names} может прочитать любой пользователь этой машины.`,
    },
    verbatim(`chgrp courier-agi ${names}; chmod 640 ${names}`),
  );
}
