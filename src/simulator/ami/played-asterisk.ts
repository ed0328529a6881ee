import { createServer, type Server } from 'node:net';
import { act, type OriginateRequest } from './actions.ts';
import { LiveChannels, type LiveChannel } from './live-channels.ts';
import { Player } from './player.ts';
import { eventOf, Ids, type PlayedEvent, type Script } from './script.ts';
import { messageText, Session, type SessionAccount } from './session.ts';
import { originated } from './stories.ts';

export interface PlayedAsteriskOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly account: SessionAccount;
  /** Whose banner. Default 22. */
  readonly version?: 16 | 22;
  /** How much faster than in life scripts are played, and logins refused; Infinity: as fast as they can be written. Default 1. */
  readonly speed?: number;
  /** What becomes of an Originate. Default: both answer after 2 s, and talk for 10 s. */
  readonly onOriginate?: (ids: Ids, request: OriginateRequest) => Script;
  /** By device, such as `PJSIP/101`. Default: NOT_INUSE. */
  readonly deviceStates?: Readonly<Record<string, string>>;
  /** What a Redirect does, besides being accepted. Default: nothing. */
  readonly onRedirect?: (channel: LiveChannel, exten: string) => void;
  /** As `context,exten`. Default: none. */
  readonly unknownExtensions?: readonly string[];
  /** Default: true. */
  readonly mayOriginate?: boolean;
  /** Bytes that a reader may leave unread before it is cut off. Default: as Asterisk, some 3 MB. */
  readonly maxUnreadBytes?: number;
}

const BANNERS = { 16: '5.0.4', 22: '11.0.0' } as const;

/**
 * Plays an Asterisk as AMI shows it: sessions, and calls that follow scripts. No SIP, no sound, no dialplan.
 *
 * For tests, and for a demo on a machine that has no Asterisk. What happened on it before somebody logged in is
 * lost to them, as with a real one; CoreShowChannels shows what there is.
 */
export class PlayedAsterisk {
  readonly ids = new Ids(Date.now() / 1000);
  readonly #options: PlayedAsteriskOptions;
  readonly #server: Server;
  readonly #sessions = new Set<Session>();
  readonly #live = new LiveChannels();
  readonly #player: Player;
  #port = 0;

  constructor(options: PlayedAsteriskOptions) {
    this.#options = options;
    const { speed = 1 } = options;
    this.#player = new Player(speed, (event, at) => this.#tell(event, at));
    this.#server = createServer({ noDelay: true }, (socket) => {
      const session = new Session(socket, {
        banner: `Asterisk Call Manager/${BANNERS[options.version ?? 22]}\r\n`,
        account: options.account,
        maxUnreadBytes: options.maxUnreadBytes,
        speed,
        onAction: (action, reply) => {
          act(action, reply, {
            live: this.#live,
            originate: (request) => this.#originate(request),
            hangUp: (channel) => this.#hangUp(channel),
            redirect: (channel, exten) => options.onRedirect?.(channel, exten),
            deviceStates: options.deviceStates ?? {},
            unknownExtensions: new Set(options.unknownExtensions),
            mayOriginate: options.mayOriginate ?? true,
          });
        },
      });
      this.#sessions.add(session);
      socket.on('close', () => this.#sessions.delete(session));
    });
  }

  get port(): number {
    return this.#port;
  }

  /** Channels that there are now. */
  get channels(): number {
    return this.#live.all.length;
  }

  /** What the slowest reader has not taken from us yet, in bytes. */
  get unreadBytes(): number {
    return Math.max(0, ...[...this.#sessions].map((session) => session.unreadBytes));
  }

  /** @throws when the address is taken */
  async start(): Promise<void> {
    const { host, port } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port === 0 ? port : this.#port, host, resolve);
    });
    const address = this.#server.address();
    if (address !== null && typeof address === 'object') this.#port = address.port;
  }

  /** Plays a script from now on. @returns settled when it is over, or was cut off by a hangup or `stop` */
  play(script: Script): Promise<void> {
    return this.#player.play(script);
  }

  /** Breaks all connections, as a network does; calls go on unheard. */
  disconnect(): void {
    for (const session of this.#sessions) session.close(true);
  }

  /** Stops it, and all that is played. It can be started again on the same port, without a call. */
  async stop(): Promise<void> {
    this.#player.stop();
    for (const { snapshot } of this.#live.all) this.#live.observe(eventOf('Hangup', 'call', snapshot));
    for (const session of this.#sessions) session.close();
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #originate(request: OriginateRequest): void {
    // There is no dialplan: what it would reach over a Local channel is reached over the trunk.
    const channel = request.channel.replace(/^Local\/(\d+)@.*$/, 'PJSIP/$1@trunk');
    const script =
      this.#options.onOriginate?.(this.ids, { ...request, channel }) ??
      originated(this.ids, { ...request, channel, ringSeconds: 2, outcome: 'both answer', talkSeconds: 10 });
    void this.#player.play(script);
  }

  /** The other channels of the call end with it, and what was to come of the script does not. */
  #hangUp({ snapshot }: LiveChannel): void {
    const linkedid = snapshot['Linkedid'] ?? '';
    const at = Date.now();
    const say = (name: string, ...parts: readonly PlayedEvent[]) =>
      this.#tell(eventOf(name, 'call', ...parts), at);
    const unplayed = this.#player.cut(linkedid);
    const call = this.#live.all.filter((one) => one.snapshot['Linkedid'] === linkedid);
    for (const { dial } of call) {
      if (dial === undefined) continue;
      const { Event: _event, Privilege: _privilege, DialString: _dialString, ...channels } = dial;
      say('DialEnd', channels, { DialStatus: 'NOANSWER' });
    }
    for (const { bridge } of call) {
      if (bridge === undefined) continue;
      const { Event: _event, Privilege: _privilege, SwapUniqueid: _swap, ...headers } = bridge;
      say('BridgeLeave', headers);
    }
    const response = unplayed.find(({ event }) => event['Event'] === 'OriginateResponse')?.event;
    if (response !== undefined) this.#tell({ ...response, Response: 'Failure', Reason: '0' }, at);
    for (const one of call) say('Hangup', one.snapshot, { Cause: '16', 'Cause-txt': 'Normal Clearing' });
  }

  /** @param at in ms of Date.now() */
  #tell(event: PlayedEvent, at: number): void {
    this.#live.observe(event);
    const { Event, Privilege = '', ...body } = event;
    const text = messageText({ Event: Event ?? '', Privilege, Timestamp: (at / 1000).toFixed(6), ...body });
    for (const session of this.#sessions) if (session.wants(Privilege)) session.write(text);
  }
}
