import type { AskAsterisk } from './console.ts';

/** Something that a dial string names: an endpoint or peer, or a context of the dialplan. */
export interface Destination {
  readonly kind: 'PJSIP' | 'SIP' | 'Local';
  /** `trunk` of `PJSIP/79161234567@trunk`; `79161234567@out` of `Local/79161234567@out/n`. */
  readonly name: string;
}

/** What Asterisk knows of it. `away`: it does not answer, or no telephone has registered. */
export type DestinationState = 'there' | 'away' | 'unknown';

/**
 * What a dial string names, where Asterisk can be asked about it.
 *
 * @param dial `PJSIP/79161234567@trunk`, `PJSIP/trunk/sip:…`, `SIP/trunk/79161234567`, `Local/…@context/n`
 * @returns null for another technology, or an address in place of a name
 */
export function destinationOf(dial: string): Destination | null {
  const [, technology = '', rest = ''] = /^(\w+)\/(.+)$/.exec(dial) ?? [];
  switch (technology.toUpperCase()) {
    case 'LOCAL':
      return { kind: 'Local', name: rest.replace(/\/\w*$/, '') };
    case 'PJSIP':
      return { kind: 'PJSIP', name: peerIn(rest) };
    case 'SIP': {
      const name = peerIn(rest);
      // chan_sip calls a host that is no peer by its address.
      return name.includes('.') ? null : { kind: 'SIP', name };
    }
    default:
      return null;
  }
}

/** Behind the @, else before the slash. */
function peerIn(rest: string): string {
  const [before = '', behind] = rest.split('@');
  return rest.includes('/sip:') || behind === undefined ? (before.split('/')[0] ?? '') : behind;
}

/** What an Asterisk knows, asked for once and remembered: a company has some dozens of telephones. */
export class Endpoints {
  readonly #ask: AskAsterisk;
  readonly #lists = new Map<Destination['kind'], Promise<readonly string[]>>();

  constructor(ask: AskAsterisk) {
    this.#ask = ask;
  }

  async stateOf({ kind, name }: Destination): Promise<DestinationState> {
    // It becomes part of a command line of Asterisk's.
    if (!/^[\w.+@-]+$/.test(name)) return 'unknown';
    switch (kind) {
      case 'PJSIP':
        return judgeEndpoint(await this.#ask(`pjsip show endpoint ${name}`));
      case 'SIP':
        return judgePeer(await this.#ask(`sip show peer ${name}`));
      case 'Local':
        return judgeContext(await this.#ask(`dialplan show ${name}`));
    }
  }

  /** The names there are, to guess which one was meant. */
  namesOf(kind: Destination['kind']): Promise<readonly string[]> {
    const known = this.#lists.get(kind) ?? this.#list(kind);
    this.#lists.set(kind, known);
    return known;
  }

  async #list(kind: Destination['kind']): Promise<readonly string[]> {
    switch (kind) {
      case 'PJSIP':
        return names(await this.#ask('pjsip show endpoints'), /^ Endpoint: +([^\s/<]+)/gm);
      case 'SIP':
        return names(await this.#ask('sip show peers'), /^(?!Name\/)([^\s/]+)(?:\/\S+)? +(?:\d|\(Unsp)/gm);
      case 'Local':
        return [];
    }
  }
}

export function judgeEndpoint(answer: string): DestinationState {
  if (!/^ Endpoint: +[^<\s]/m.test(answer)) return 'unknown';
  return /^ Endpoint: +[^<\s].* (?:Unavailable|Invalid) /m.test(answer) ? 'away' : 'there';
}

export function judgePeer(answer: string): DestinationState {
  const [, status] = /^ *Status +: (.*)$/m.exec(answer) ?? [];
  if (status === undefined) return 'unknown';
  return /^(?:UNREACHABLE|UNKNOWN)/.test(status) ? 'away' : 'there';
}

export function judgeContext(answer: string): DestinationState {
  return answer.includes('[ Context ') ? 'there' : 'unknown';
}

function names(answer: string, pattern: RegExp): string[] {
  return [...answer.matchAll(pattern)].map(([, name = '']) => name);
}
