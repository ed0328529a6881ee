/**
 * The environment that Asterisk sends at the start of a FastAGI session (res_agi.c: launch_netscript and
 * setup_env): which lines, in which order, and what stands in them when the scenario does not say.
 */

/** Every line but `agi_arg_1` … `agi_arg_128`, in Asterisk's order. */
export const ENVIRONMENT_NAMES = [
  'agi_network',
  'agi_network_script',
  'agi_request',
  'agi_channel',
  'agi_language',
  'agi_type',
  'agi_uniqueid',
  'agi_version',
  'agi_callerid',
  'agi_calleridname',
  'agi_callingpres',
  'agi_callingani2',
  'agi_callington',
  'agi_callingtns',
  'agi_dnid',
  'agi_rdnis',
  'agi_context',
  'agi_extension',
  'agi_priority',
  'agi_enhanced',
  'agi_accountcode',
  'agi_threadid',
] as const;

const KNOWN: ReadonlySet<string> = new Set(ENVIRONMENT_NAMES);

/** res_agi.c: MAX_ARGS, less the one that names the script. */
const MAX_AGI_ARGUMENTS = 127;

export function isEnvironmentName(name: string): boolean {
  if (KNOWN.has(name)) return true;
  const number = /^agi_arg_([1-9]\d{0,2})$/.exec(name)?.[1];
  return number !== undefined && Number(number) <= MAX_AGI_ARGUMENTS;
}

/**
 * The script's path and query in a request, as launch_netscript cuts it: what follows the first slash
 * after the host. Empty when there is none, and then Asterisk leaves `agi_network_script` out.
 *
 * @param request `agi://HOST[:PORT][/SCRIPT]`, or the same with `hagi://`
 */
export function scriptOfRequest(request: string): string {
  const rest = request.replace(/^h?agi:\/\//i, '');
  const slash = rest.indexOf('/');
  return slash === -1 ? '' : rest.slice(slash + 1);
}

/**
 * What the scenario says, with Asterisk's defaults for the rest, in Asterisk's order.
 *
 * @param given by `agi_…` name
 * @param address `HOST:PORT` of the server, for the default of `agi_request`
 */
export function completeEnvironment(
  given: ReadonlyMap<string, string>,
  address: string,
): Map<string, string> {
  const request =
    given.get('agi_request') ?? `agi://${address}/${given.get('agi_network_script') ?? 'route'}`;
  const channel = given.get('agi_channel') ?? 'PJSIP/gsm-in-00000001';
  const defaults: Record<(typeof ENVIRONMENT_NAMES)[number], string> = {
    agi_network: 'yes',
    agi_network_script: scriptOfRequest(request),
    agi_request: request,
    agi_channel: channel,
    agi_language: 'en',
    agi_type: channel.split('/', 1)[0] ?? '',
    agi_uniqueid: uniqueId(),
    agi_version: '22.10.0',
    agi_callerid: 'unknown',
    agi_calleridname: 'unknown',
    agi_callingpres: '0',
    agi_callingani2: '0',
    agi_callington: '0',
    agi_callingtns: '0',
    agi_dnid: 'unknown',
    agi_rdnis: 'unknown',
    agi_context: 'from-trunk',
    agi_extension: 's',
    agi_priority: '1',
    agi_enhanced: '0.0',
    agi_accountcode: '',
    agi_threadid: '139712345678901',
  };
  const complete = new Map<string, string>();
  for (const name of ENVIRONMENT_NAMES) {
    const value = given.get(name) ?? defaults[name];
    if (name !== 'agi_network_script' || value !== '') complete.set(name, value);
  }
  for (let number = 1; number <= MAX_AGI_ARGUMENTS; number++) {
    const value = given.get(`agi_arg_${number}`);
    if (value === undefined) break;
    complete.set(`agi_arg_${number}`, value);
  }
  return complete;
}

/** The lines that go over the wire. Values go out as they are: Asterisk escapes nothing either. */
export function environmentText(environment: ReadonlyMap<string, string>): string {
  let text = '';
  for (const [name, value] of environment) text += `${name}: ${value}\n`;
  return `${text}\n`;
}

/** As Asterisk writes it, `seconds.serial`, so that the calls of one run can be told apart in a log. */
function uniqueId(): string {
  const serial = Math.floor(Math.random() * 1_000_000_000);
  return `${Math.floor(Date.now() / 1000)}.${serial}`;
}
