import type { AmiProbe } from '../desk/ami-probe.ts';
import { probeAmi } from '../desk/ami-probe.ts';
import { checkAmi, whereOf, type AsteriskSection } from '../desk/ami.check.ts';
import type { LoginRefusal } from './login-refusal.ts';
import type { ManagerSettings } from '../desk/manager-settings.ts';
import type { Finding } from '../check.ts';
import { bad, good, type Step, type StepName } from './step.ts';

export interface Reach {
  readonly section: AsteriskSection;
  readonly secret: string;
  /** What the console of this Asterisk tells; null when it cannot be asked. */
  readonly settings: ManagerSettings | null;
  /** Why a login was refused just now; null when nobody can tell. */
  readonly whyRefused: () => Promise<LoginRefusal | null>;
}

/** The rungs from the name of the host to the right to make calls; the last one may have failed. */
export async function reachSteps({ section, secret, settings, whyRefused }: Reach): Promise<Step[]> {
  let probed: AmiProbe | undefined;
  const found = await checkAmi(section, secret, settings, async (...where) => {
    probed = await probeAmi(...where);
    return probed;
  });
  if (found.state === 'fail') {
    const name = failedAt(probed);
    const step = name === 'login' ? await refusedLogin(section, found, whyRefused) : toStep(name, found);
    return [...reached(section).filter((one) => isBelow(one.name, name)), step];
  }
  const steps = [...reached(section), good('login', found.message)];
  return found.view?.actions.has('Originate') === true
    ? [
        ...steps,
        good('right', { en: 'It may make calls (originate).', ru: 'Звонить разрешено (originate).' }),
      ]
    : [...steps, noRight(section)];
}

function failedAt(probed: AmiProbe | undefined): StepName {
  switch (probed?.state) {
    case 'error':
      return probed.code === 'ENOTFOUND' || probed.code === 'EAI_AGAIN' ? 'name' : 'port';
    case 'no answer':
      return 'port';
    case 'silent':
    case 'closed':
    case 'other':
      return 'banner';
    // With TLS nothing is looked at before the login.
    case 'ami':
    case undefined:
      return 'login';
  }
}

const BELOW: readonly StepName[] = ['name', 'port', 'banner'];

function isBelow(one: StepName, failed: StepName): boolean {
  const at = BELOW.indexOf(failed);
  return at === -1 || BELOW.indexOf(one) < at;
}

function reached(section: AsteriskSection): Step[] {
  const { host } = section;
  const where = whereOf(section);
  return [
    good('name', { en: `${host} is known.`, ru: `Хост ${host} найден.` }),
    good('port', { en: `${where} accepts connections.`, ru: `${where} принимает соединения.` }),
    good('banner', { en: `${where} is AMI.`, ru: `На ${where} отвечает AMI.` }),
  ];
}

function toStep(name: StepName, { message, remedy }: Finding): Step {
  return { name, state: 'fail', message, remedy };
}

async function refusedLogin(
  { username, secretFile }: AsteriskSection,
  found: Finding,
  whyRefused: Reach['whyRefused'],
): Promise<Step> {
  const reload = 'asterisk -rx "manager reload"';
  switch (await whyRefused()) {
    case 'secret':
      return bad(
        'login',
        {
          en: `Asterisk refuses ${username}: the secret is wrong.`,
          ru: `Asterisk не пускает ${username}: секрет неверен.`,
        },
        {
          en: `Make secret in [${username}] of manager.conf and ${secretFile} the same, then ${reload} and systemctl restart courier-agi-desk.`,
          ru: `Сделайте одинаковыми secret в [${username}] файла manager.conf и ${secretFile}, затем ${reload} и systemctl restart courier-agi-desk.`,
        },
      );
    case 'address':
      return bad(
        'login',
        {
          en: `Asterisk refuses ${username}: this machine is not in its permit.`,
          ru: `Asterisk не пускает ${username}: адрес этой машины не разрешён (permit).`,
        },
        {
          en: `Add permit = ADDRESS/255.255.255.255 of this machine to [${username}] of manager.conf, and no wider one; Asterisk’s log has the address. Then ${reload}.`,
          ru: `Добавьте в [${username}] файла manager.conf строку permit = АДРЕС/255.255.255.255 этой машины, и не шире; адрес есть в логе Asterisk. Затем ${reload}.`,
        },
      );
    case 'no such user':
      return bad(
        'login',
        {
          en: `Asterisk refuses ${username}: it has no such user.`,
          ru: `Asterisk не пускает ${username}: такого пользователя нет.`,
        },
        {
          en: `Write [${username}] into manager.conf as dialplan-examples/manager.conf has it, then ${reload}.`,
          ru: `Добавьте в manager.conf раздел [${username}], как в dialplan-examples/manager.conf, затем ${reload}.`,
        },
      );
    case null:
      return toStep('login', found);
  }
}

function noRight({ username }: AsteriskSection): Step {
  return bad(
    'right',
    {
      en: `${username} may not make calls: originate is missing in its write.`,
      ru: `${username} не может звонить: в write нет originate.`,
    },
    {
      en: 'In manager.conf: write = originate,call,reporting, without blanks. Then asterisk -rx "manager reload" and systemctl restart courier-agi-desk: sessions keep their old rights.',
      ru: 'В manager.conf: write = originate,call,reporting, без пробелов. Затем asterisk -rx "manager reload" и systemctl restart courier-agi-desk: у открытых сессий права прежние.',
    },
  );
}
