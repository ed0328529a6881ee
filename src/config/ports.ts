interface Listener {
  readonly host: string;
  readonly port: number;
}

/** Where every part listens. Without an Asterisk to follow there is no desk. */
interface ListeningSections {
  readonly listen: Listener;
  readonly http: Listener & { readonly enabled: boolean };
  readonly asterisk: readonly unknown[];
  readonly desk: Listener;
  readonly door: Listener & { readonly enabled: boolean };
  readonly survey?: Listener | undefined;
}

interface SharedPort {
  readonly section: string;
  /** Which has it first. */
  readonly other: string;
  readonly port: number;
}

/** Ports that two parts of this machine are both to listen on: the one that starts later would not get it. */
export function sharedPorts({ listen, http, asterisk, desk, door, survey }: ListeningSections): SharedPort[] {
  const hasDesk = asterisk.length > 0;
  const parts: (readonly [section: string, Listener])[] = [
    ['listen', listen],
    ...(http.enabled ? [['http', http] as const] : []),
    ...(hasDesk ? [['desk', desk] as const] : []),
    ...(hasDesk && door.enabled ? [['door', door] as const] : []),
    ...(hasDesk && survey ? [['survey', survey] as const] : []),
  ];
  return parts.flatMap(([section, part], index) => {
    const taken = parts.slice(0, index).find(([, earlier]) => areInTheWay(earlier, part));
    return taken === undefined ? [] : [{ section, other: taken[0], port: part.port }];
  });
}

const EVERYWHERE = new Set(['0.0.0.0', '::']);

function areInTheWay(a: Listener, b: Listener): boolean {
  // 0 is any port that is free.
  if (a.port !== b.port || a.port === 0) return false;
  return a.host === b.host || EVERYWHERE.has(a.host) || EVERYWHERE.has(b.host);
}
