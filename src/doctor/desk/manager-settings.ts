import type { AskAsterisk } from '../asterisk/console.ts';

/** A user of manager.conf as Asterisk took it: what blanks in a list cut off is not there. */
export interface ManagerUser {
  readonly name: string;
  readonly read: readonly string[];
  readonly write: readonly string[];
  /** Whether only some addresses may log in. */
  readonly hasAcl: boolean;
  /** Whether they are logged in now, and a second session is refused: `allowmultiplelogin = no`. */
  readonly isInUse: boolean;
}

/** What Asterisk's own console tells of AMI. Over AMI itself none of this can be asked without dangerous rights. */
export interface ManagerSettings {
  readonly timestampEvents: boolean;
  readonly channelVars: readonly string[];
  readonly users: readonly ManagerUser[];
}

/**
 * Asks the console of this machine about AMI.
 *
 * @param port on which AMI is asked
 * @returns null when it is the console of an Asterisk whose AMI is on another port
 */
export async function readManagerSettings(ask: AskAsterisk, port: number): Promise<ManagerSettings | null> {
  const settings = fieldsOf(await ask('manager show settings'));
  const addresses = [settings.get('TCP Bindaddress'), settings.get('TLS Bindaddress')];
  if (!addresses.some((address) => address?.endsWith(`:${port}`))) return null;
  const users: ManagerUser[] = [];
  const connected = await ask('manager show connected');
  for (const name of userNames(await ask('manager show users'))) {
    const user = parseUser(name, await ask(`manager show user ${name}`));
    const isLoggedIn = connected.split('\n').some((line) => line.trim().split(/\s+/)[0] === name);
    users.push({ ...user, isInUse: user.isInUse && isLoggedIn });
  }
  return {
    timestampEvents: settings.get('Timestamp events') === 'Yes',
    channelVars: listOf(settings.get('Channel vars')),
    users,
  };
}

/** With `isInUse` as if they were logged in. */
function parseUser(name: string, text: string): ManagerUser {
  const fields = fieldsOf(text);
  return {
    name,
    read: listOf(fields.get('read perm')),
    write: listOf(fields.get('write perm')),
    hasAcl: fields.get('ACL') === 'yes',
    isInUse: fields.get('allowmultiplelogin') === 'no',
  };
}

/** `   Name:   value` a line, as both commands print it. */
function fieldsOf(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(/^ *([^:\n]+?) *: *(.*?) *$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
}

/** Names that are whole words: others could not be asked about, and nobody has them. */
function userNames(text: string): string[] {
  const [, names = ''] = /^-+\n([^]*?)^-+$/m.exec(text) ?? [];
  return names.split('\n').filter((name) => /^[\w.@-]+$/.test(name));
}

function listOf(text = ''): string[] {
  return text.split(',').filter((one) => one !== '' && one !== '<none>');
}
