import { parseMSet, parseSet, type Assignment } from './app-arguments.ts';
import { parseCommandLine } from './command-line.ts';

/**
 * The channel of the simulated call: its variables, and what Asterisk answers to a command (res_agi.c: the
 * handle_… functions). Strings in and out are bytes, one a character, but `variables` holds UTF-8 decoded.
 */
export class Channel {
  readonly variables = new Map<string, string>();
  /** True after a hangup: from then on only some commands are permitted. */
  dead = false;
  /** The server asked for a hangup that the session has not carried out yet. */
  hangupRequested = false;
  #answered = false;
  readonly #environment: ReadonlyMap<string, string>;

  constructor(environment: ReadonlyMap<string, string>) {
    this.#environment = environment;
  }

  /** The reply to one command line, with its newline. */
  execute(line: string): string {
    const words = parseCommandLine(line);
    const command = COMMANDS.find(({ name }) =>
      name.every((word, at) => words[at]?.toLowerCase() === word.toLowerCase()),
    );
    if (command === undefined) return '510 Invalid or unknown command\n';
    if (this.dead && !command.whenDead) {
      return '511 Command Not Permitted on a dead channel or intercept routine\n';
    }
    if (words.length < command.words[0] || words.length > command.words[1]) return usage(command);
    return `200 ${command.run(this, words)}\n`;
  }

  /** pbx_variables.c: pbx_builtin_setvar_helper; up to two leading underscores are not part of the name. */
  set({ name, value }: Assignment): void {
    this.variables.set(decode(name).replace(/^_{1,2}/, ''), decode(value));
  }

  /** The value's bytes; undefined when there is no such variable. */
  get(name: string): string | undefined {
    const environmentName = READABLE[name];
    if (environmentName !== undefined) return encode(this.#environment.get(environmentName) ?? '');
    const value = this.variables.get(decode(name));
    return value === undefined ? undefined : encode(value);
  }

  /** Replaces each `${NAME}`, innermost first; functions and expressions stay as they are. */
  substitute(text: string): string {
    let before = text;
    for (let depth = 0; depth < 15; depth++) {
      const after = before.replace(/\$\{([^${}]*)\}/g, (_whole, name: string) => this.get(name) ?? '');
      if (after === before) break;
      before = after;
    }
    return before;
  }

  answer(): void {
    this.#answered = true;
  }

  /** ast_channel_state: 6 = up, 4 = ringing at the caller's. */
  get state(): number {
    return this.#answered ? 6 : 4;
  }

  /** EXEC: the number an application returns, and -2 for one that does not exist. */
  runApplication(application: string, data: string): number {
    switch (application.toLowerCase()) {
      case 'mset':
        for (const assignment of parseMSet(data)) this.set(assignment);
        return 0;
      case 'set': {
        const assignment = parseSet(data);
        if (assignment !== undefined) this.set(assignment);
        return 0;
      }
      case 'answer':
        this.answer();
        return 0;
      case 'hangup':
        this.hangupRequested = true;
        return -1;
      default:
        return OTHER_APPLICATIONS.has(application.toLowerCase()) ? 0 : -2;
    }
  }
}

interface Command {
  readonly name: readonly string[];
  readonly whenDead: boolean;
  /** How many words the whole line may have, at least and at most. */
  readonly words: readonly [number, number];
  /** What Asterisk's manual says of it, in other words; more than one line, as there. */
  readonly usage: string;
  /** What follows `200 `. */
  run(channel: Channel, words: readonly string[]): string;
}

const ANY = Number.POSITIVE_INFINITY;

/** pbx_variables.c: GET VARIABLE copies the value into 1,024 bytes. */
const MAX_VALUE_BYTES = 1023;

/** The commands that this simulator knows; Asterisk's others are answered 510 here. */
const COMMANDS: readonly Command[] = [
  {
    name: ['ANSWER'],
    whenDead: false,
    words: [1, ANY],
    usage: 'Answers the channel.',
    run: (channel) => {
      channel.answer();
      return 'result=0';
    },
  },
  {
    name: ['CHANNEL', 'STATUS'],
    whenDead: false,
    words: [2, 3],
    usage: 'Takes no argument, or the name of a channel.',
    run: (channel, words) => {
      const other = words[2] !== undefined && words[2] !== channel.get('CHANNEL');
      return `result=${other ? -1 : channel.state}`;
    },
  },
  {
    name: ['EXEC'],
    whenDead: true,
    words: [2, ANY],
    usage: 'Takes an application and its options.\nReturns -2 for an unknown application.',
    run: (channel, words) => `result=${channel.runApplication(words[1] ?? '', words[2] ?? '')}`,
  },
  {
    name: ['GET', 'FULL', 'VARIABLE'],
    whenDead: true,
    words: [4, 5],
    usage: 'Takes an expression, and the name of a channel or nothing.',
    run: (channel, words) => {
      const other = words[4] !== undefined && words[4] !== channel.get('CHANNEL');
      return other ? 'result=0' : `result=1 (${channel.substitute(words[3] ?? '')})`;
    },
  },
  {
    name: ['GET', 'VARIABLE'],
    whenDead: true,
    words: [3, 3],
    usage: 'Takes one name.\nExample return code: 200 result=1 (testvariable)',
    run: (channel, words) => {
      const value = channel.get(words[2] ?? '');
      return value === undefined ? 'result=0' : `result=1 (${value.slice(0, MAX_VALUE_BYTES)})`;
    },
  },
  {
    name: ['HANGUP'],
    whenDead: false,
    words: [1, 2],
    usage: 'Takes no argument, or the name of a channel.',
    run: (channel, words) => {
      if (words[1] !== undefined && words[1] !== channel.get('CHANNEL')) return 'result=-1';
      channel.hangupRequested = true;
      return 'result=1';
    },
  },
  { name: ['NOOP'], whenDead: true, words: [1, ANY], usage: 'Does nothing.', run: () => 'result=0' },
  {
    name: ['SET', 'VARIABLE'],
    whenDead: true,
    words: [4, 4],
    usage: 'Takes a name and a value.',
    run: (channel, words) => {
      channel.set({ name: words[2] ?? '', value: words[3] ?? '' });
      return 'result=1';
    },
  },
  {
    name: ['VERBOSE'],
    whenDead: true,
    words: [2, ANY],
    usage: 'Takes a message and a level.',
    run: () => 'result=1',
  },
];

/** What a channel knows of itself, by the dialplan's name for it. */
const READABLE: Readonly<Record<string, string>> = {
  CHANNEL: 'agi_channel',
  UNIQUEID: 'agi_uniqueid',
  CONTEXT: 'agi_context',
  EXTEN: 'agi_extension',
  PRIORITY: 'agi_priority',
  'CALLERID(num)': 'agi_callerid',
  'CALLERID(name)': 'agi_calleridname',
  'CALLERID(dnid)': 'agi_dnid',
};

/** Applications that a router may run and that change nothing here. */
const OTHER_APPLICATIONS: ReadonlySet<string> = new Set(['log', 'noop', 'playback', 'verbose', 'wait']);

/** res_agi.c: agi_handle_command, RESULT_SHOWUSAGE with the XML documentation loaded. */
function usage(command: Command): string {
  const first = '520-Invalid command syntax.  Proper usage follows:';
  return `${first}\n${command.usage}\n520 End of proper usage.\n`;
}

function decode(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function encode(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
