import { PlayedAsterisk } from '../../src/simulator/ami/played-asterisk.ts';
import { inbound } from '../../src/simulator/ami/stories.ts';
import { ACCOUNT, type PlayedReport, RINGS, RING_SECONDS, TALK_SECONDS } from './played-calls.ts';

/*
 * A played Asterisk in a process of its own: inbound calls at a steady rate, from different numbers, at five telephones.
 * It tells its port, then, once it was told to begin, of each call when it is over.
 *
 *     fork('played.js', [callsPerSecond, seconds])
 */

const TICK_MS = 10;

const [perSecond = 100, seconds = 60] = process.argv.slice(2).map(Number);
const tell = (report: PlayedReport) => process.send?.(report);

const asterisk = new PlayedAsterisk({ host: '127.0.0.1', port: 0, account: ACCOUNT });
await asterisk.start();
tell({ port: asterisk.port });
process.on('disconnect', () => process.exit());
process.on('message', () => {
  const startedAt = performance.now();
  const playing: Promise<void>[] = [];
  let events = 0;
  const timer = setInterval(() => {
    const elapsed = Math.min((performance.now() - startedAt) / 1000, seconds);
    for (let n = playing.length; n < elapsed * perSecond; n += 1) {
      const number = `7916${String(1_000_000 + n)}`;
      const answeredBy = RINGS[n % RINGS.length] ?? '';
      const script = inbound(asterisk.ids, {
        from: number,
        to: '74950000000',
        rings: RINGS,
        answeredBy,
        ringSeconds: RING_SECONDS,
        talkSeconds: TALK_SECONDS,
        endedBy: n % 2 === 0 ? 'caller' : 'callee',
      });
      events += script.length;
      playing.push(asterisk.play(script).then(() => void tell({ ended: { number, answeredBy } })));
    }
    if (elapsed < seconds) return;
    clearInterval(timer);
    void Promise.all(playing).then(() => tell({ events }));
  }, TICK_MS);
});
