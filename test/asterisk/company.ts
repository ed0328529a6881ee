import pino from 'pino';
import { App } from '../../src/server/app.ts';
import { parseConfig } from '../../src/config/load.ts';
import { type Asterisk, startAsterisk } from '../lab/asterisk.ts';
import { Cleanups } from '../lab/cleanups.ts';
import {
  type CallOptions,
  type Phone,
  type PlacedCall,
  placeCall,
  type ReceivedCall,
  registerPhone,
  startPhone,
  TRUNK_ADDRESS,
} from '../lab/sip.ts';
import type { Behaviour, PhoneRule } from '../lab/sip/phone.scenario.ts';
import { type Changes, installedAelSamples, installedSamples } from './samples.ts';

/** A telephony that the samples are tried on: which Asterisk, and which of its SIP drivers. */
export interface Telephony {
  readonly version: 16 | 22;
  readonly driver: 'PJSIP' | 'SIP';
}

/** Every pair that exists: chan_sip was removed in Asterisk 21. */
export const TELEPHONIES: readonly Telephony[] = [
  { version: 22, driver: 'PJSIP' },
  { version: 16, driver: 'PJSIP' },
  { version: 16, driver: 'SIP' },
];

/** The number that the tests' operators have behind the trunk, to tell them from the managers' extensions. */
export const OPERATORS_NUMBER = '78000000000';

export interface CompanyOptions extends Telephony {
  /** Of couriers and operators, behind the trunk, and of the extensions 101 to 104. */
  readonly rules?: readonly PhoneRule[];
  /** Where no rule matches. Default: `answer`. */
  readonly behaviour?: Behaviour;
  /** Default: a server of its own, on the demo database. */
  readonly routerUrl?: string;
  /** YAML of the server's sections `database` and `snapshot`. Default: the demo database. */
  readonly database?: string;
  /** Default: 1. */
  readonly ringSeconds?: number;
  /** The server's template for numbers outside. Default: the trunk of the samples. */
  readonly trunk?: string;
  /** YAML of `dial.trunks`, in place of `trunk`. */
  readonly trunks?: string;
  /** `dial.courierPrefix`. Default: none. */
  readonly courierPrefix?: string;
  /** Further telephones and trunks that may be rung; the company does not stop them. */
  readonly phones?: readonly Phone[];
  readonly changes?: Partial<Changes>;
  /** extensions.conf or extensions.ael. Default: the first. */
  readonly dialplan?: 'AEL';
  /** COURIER_AT_ONCE: how many calls of one number are put through. Default: enough for all that a test places. */
  readonly atOnce?: number;
  /** Extensions whose telephones are switched on. Default: all. */
  readonly registered?: readonly string[];
  /** Gets the files of Asterisk's configuration folder for a last change. */
  readonly files?: (files: Record<string, string>, routerUrl: string) => Record<string, string>;
  readonly resolvConf?: string;
  /** Files that only root may read, while Asterisk runs as its own user. */
  readonly unreadable?: readonly string[];
}

/** A courier company: a real Asterisk with the samples, its trunk, its telephones, and courier-agi. */
export interface Company extends Telephony {
  readonly asterisk: Asterisk;
  readonly sipPort: number;
  readonly routerUrl: string;
  /** Couriers and operators ring here: the number in the request URI tells which. */
  readonly trunk: Phone;
  /** The extensions 101 to 104 ring here. */
  readonly telephones: Phone;
  call(options: Omit<CallOptions, 'port'>): Promise<PlacedCall>;
  /** Who was rung for the call with this name, in order: numbers, with when and how it ended. */
  rung(name: string): Promise<readonly ReceivedCall[]>;
  readonly stop: () => Promise<void>;
}

const EXTENSIONS = ['101', '102', '103', '104'];

export async function startCompany(options: CompanyOptions): Promise<Company> {
  const { version, driver } = options;
  // Whatever was started is stopped again, also when the next thing fails to start.
  const cleanups = new Cleanups();
  try {
    const phoneOptions = { rules: options.rules ?? [], behaviour: options.behaviour ?? 'answer' } as const;
    const trunk = await startPhone({ ...phoneOptions, address: TRUNK_ADDRESS });
    cleanups.add(trunk.stop);
    const telephones = await startPhone(phoneOptions);
    cleanups.add(telephones.stop);

    let { routerUrl } = options;
    if (routerUrl === undefined) {
      const router = await startRouter(options);
      cleanups.add(router.stop);
      routerUrl = router.url;
    }
    const asterisk = await startAsterisk({
      version,
      ...(options.resolvConf === undefined ? {} : { resolvConf: options.resolvConf }),
      ...(options.unreadable === undefined ? {} : { unreadable: options.unreadable }),
      files: (ports) => {
        const install = options.dialplan === 'AEL' ? installedAelSamples : installedSamples;
        const files = install(driver, {
          transportPort: driver === 'PJSIP' ? ports.pjsip : ports.chanSip,
          trunkPort: trunk.port,
          routerUrl: routerUrl ?? '',
          operators: trunkDial(driver, OPERATORS_NUMBER),
          ...options.changes,
        });
        return options.files === undefined ? files : options.files(files, routerUrl ?? '');
      },
    });
    cleanups.add(asterisk.stop);
    await asterisk.rx(`dialplan set global COURIER_AT_ONCE ${options.atOnce ?? 1000}`);
    const sipPort = driver === 'PJSIP' ? asterisk.ports.pjsip : asterisk.ports.chanSip;
    for (const extension of options.registered ?? EXTENSIONS) {
      await registerPhone({
        port: sipPort,
        extension,
        password: `change-me-${extension}`,
        phone: telephones,
      });
    }
    return {
      version,
      driver,
      asterisk,
      sipPort,
      routerUrl,
      trunk,
      telephones,
      call: (call) => placeCall({ port: sipPort, ...call }),
      rung: async (name) => {
        const phones = [trunk, telephones, ...(options.phones ?? [])];
        const all = (await Promise.all(phones.map((phone) => phone.calls()))).flat();
        return all.filter((one) => comparable(one.name) === comparable(name)).toSorted((a, b) => a.at - b.at);
      },
      stop: cleanups.run,
    };
  } catch (error) {
    await cleanups.run();
    throw error;
  }
}

/** PJSIP cuts long names and hands their backslashes on. */
function comparable(name: string): string {
  return name.replace(/["\\]/g, '').slice(0, 40);
}

export function trunkDial(driver: Telephony['driver'], number: string): string {
  return driver === 'PJSIP' ? `PJSIP/${number}@trunk` : `SIP/trunk/${number}`;
}

const DEMO_DATABASE = 'database: { url: "demo:" }';

interface Router {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** The real server, inside this process. */
async function startRouter(options: CompanyOptions): Promise<Router> {
  const config = parseConfig(routerYaml(options), 'test');
  const app = new App({ config, file: null, databasePassword: undefined }, pino({ level: 'silent' }));
  const { port } = await app.start();
  return { url: `agi://127.0.0.1:${port}/route`, stop: () => app.stop(1000) };
}

/** The server's configuration that fits the samples. */
export function routerYaml({
  driver,
  ringSeconds = 1,
  trunk = trunkDial(driver, '{NUMBER}'),
  trunks = `[{ dial: "${trunk}" }]`,
  courierPrefix = '',
  database = DEMO_DATABASE,
}: Pick<
  CompanyOptions,
  'driver' | 'ringSeconds' | 'database' | 'trunk' | 'trunks' | 'courierPrefix'
>): string {
  return `
${database}
listen: { host: 127.0.0.1, port: 0 }
routing: { ringSeconds: ${ringSeconds} }
dial:
  extension: ${driver}/{EXTENSION}
  trunks: ${trunks}
  courierPrefix: '${courierPrefix}'
http: { enabled: false }
`;
}
