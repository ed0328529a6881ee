import { readFileSync } from 'node:fs';
import type { Config } from '../../config/config.ts';
import { reachableHost } from '../../net/reachable.ts';
import { verbatim } from '../../util/language.ts';
import { fail, ok, skipped, warn, type Finding } from '../check.ts';
import { look, may, READ, type ServiceUser } from '../service-user.ts';
import { probeAmi } from './ami-probe.ts';
import { openAgain, tellClosed, type DeskHealth } from './desk-health.ts';

type Account = Config['door']['accounts'][number];

const PROBE_MS = 1_000;
/** Whoever gets so far may try a secret each second, on any number of connections. */
const SHORT_SECRET = 16;
/** Bits of a range that is still somebody's few machines. */
const NARROW = { v4: 24, v6: 48 };

/**
 * Can the door let anybody through, and nobody else?
 *
 * @param running what a desk that runs tells of itself
 */
export async function checkDoor(
  { door, calls }: Pick<Config, 'door' | 'calls'>,
  user: ServiceUser,
  running: DeskHealth | null = null,
): Promise<Finding> {
  if (!door.enabled) {
    return skipped({
      en: 'There is no door: door.enabled is false.',
      ru: 'Шлюза AMI нет: door.enabled — false.',
    });
  }
  if (calls === undefined) {
    return fail(
      {
        en: 'The door refuses every call: the section calls is missing.',
        ru: 'Ни один звонок не пройдёт: нет раздела calls.',
      },
      {
        en: 'Add it with your number: calls: { callerId: "74951234567" }. Then systemctl restart courier-agi-desk.',
        ru: 'Добавьте его со своим номером: calls: { callerId: "74951234567" }. Затем systemctl restart courier-agi-desk.',
      },
    );
  }
  for (const account of door.accounts) {
    const finding = secretOf(account, user);
    if (finding !== undefined) return finding;
  }
  const wide = door.accounts.find(({ allow }) => allow.some(isWide));
  if (wide !== undefined) return tooWide(wide);
  const closed = running?.closed.find(({ part }) => part === 'door');
  if (closed !== undefined) return warn(tellClosed(closed), openAgain(closed));
  return listening(door, running !== null);
}

function secretOf({ username, secretFile }: Account, user: ServiceUser): Finding | undefined {
  const stats = look(secretFile);
  if (stats === undefined || !may(user, READ, stats)) {
    return fail(
      {
        en: `The secret of ${username} cannot be read by ${user.name}, whom the desk runs as: ${secretFile}.`,
        ru: `Секрет ${username} не прочитать от имени ${user.name}, а от него работает desk: ${secretFile}.`,
      },
      {
        en: `sudo install -m 640 -g ${user.name} /dev/stdin ${secretFile}, then the secret, Enter, Ctrl-D.`,
        ru: `sudo install -m 640 -g ${user.name} /dev/stdin ${secretFile}, затем секрет, Enter, Ctrl-D.`,
      },
    );
  }
  const { length } = readFileSync(secretFile, 'utf8').trim();
  if (length >= SHORT_SECRET) return undefined;
  return (length === 0 ? fail : warn)(
    {
      en: `The secret of ${username} has ${length} characters: it can be guessed.`,
      ru: `Секрет ${username} — ${length} симв.: его можно подобрать.`,
    },
    {
      en: `Make a long one: openssl rand -base64 24 | sudo tee ${secretFile} >/dev/null, and write it into the other program.`,
      ru: `Сделайте длинный: openssl rand -base64 24 | sudo tee ${secretFile} >/dev/null, и впишите его в ту программу.`,
    },
  );
}

function isWide(entry: string): boolean {
  const [address = '', bits] = entry.split('/');
  return bits !== undefined && Number(bits) < (address.includes(':') ? NARROW.v6 : NARROW.v4);
}

function tooWide({ username, allow }: Account): Finding {
  const list = allow.join(', ');
  return warn(
    {
      en: `${username} may be used from very many addresses: ${list}.`,
      ru: `${username} можно использовать с очень многих адресов: ${list}.`,
    },
    {
      en: 'Name in allow the addresses of that program alone, and open the port to these in the firewall.',
      ru: 'Укажите в allow только адреса той программы и только для них откройте порт в файрволе.',
    },
  );
}

/** @param runs a desk runs, and says nothing of a door that is not open */
async function listening({ host, port, tls }: Config['door'], runs: boolean): Promise<Finding> {
  const found = tls === undefined ? await probeAmi(reachableHost(host), port, PROBE_MS) : undefined;
  // An address that is in no allow is closed without a word.
  if (found?.state === 'ami' || found?.state === 'closed') {
    return ok({ en: `The door answers on port ${port}.`, ru: `На порту ${port} шлюз AMI отвечает.` });
  }
  if (found?.state === 'other') {
    return warn(
      {
        en: `Something else answers on port ${port}, where the door should be.`,
        ru: `На порту ${port}, где должен быть шлюз AMI, отвечает другая программа.`,
      },
      {
        en: `Set door.port to a free one; ss -ltnp sport = :${port} names who has it.`,
        ru: `Укажите в door.port свободный; кто его занял, покажет ss -ltnp sport = :${port}.`,
      },
    );
  }
  // A port of TLS says nothing before it is spoken to.
  if (runs && tls !== undefined) {
    return ok({
      en: `The desk has opened the door on port ${port}.`,
      ru: `Desk открыл шлюз AMI на порту ${port}.`,
    });
  }
  if (runs) {
    return warn(
      {
        en: `The desk runs, but the door does not answer on port ${port}: door was changed after the desk started.`,
        ru: `Desk работает, но шлюз AMI на порту ${port} не отвечает: door изменили после запуска.`,
      },
      verbatim('systemctl restart courier-agi-desk'),
    );
  }
  return ok({
    en: `The door opens on port ${port} with the desk.`,
    ru: `Шлюз AMI начнёт отвечать на порту ${port}, когда заработает desk.`,
  });
}
