import { effect, signal } from '@preact/signals';
import { hasLocks } from './lock.ts';

const KEY = 'courier-agi-sound';
const LOCK = 'courier-agi-sound';
/** How long the sound waits for the card, in ms. */
const AFTER_CARD_MS = 100;

/** Whether this browser sounds at all. */
export const isSoundOn = signal(localStorage.getItem(KEY) !== 'off');
/** Whether it is this tab that sounds. */
export const soundsHere = signal(false);
/** The browser lets no page sound that was never clicked on. */
export const isSoundAsleep = signal(false);

let release: (() => void) | undefined;

/** One tab of the browser has the sound; when it is closed, another one gets it. */
export function takeSound(how: 'wait' | 'now' = 'wait'): void {
  isSoundOn.value = true;
  localStorage.setItem(KEY, 'on');
  if (!hasLocks) {
    soundsHere.value = true;
    return;
  }
  if (soundsHere.value) return;
  const options: LockOptions = how === 'now' ? { steal: true } : {};
  navigator.locks
    .request(LOCK, options, async () => {
      // Turned off while it waited for its turn.
      if (!isSoundOn.value) return;
      soundsHere.value = true;
      await new Promise<void>((resolve) => {
        release = resolve;
      });
    })
    .catch(() => undefined)
    .finally(() => {
      soundsHere.value = false;
      // Taken by another tab: wait for our turn.
      if (isSoundOn.value && release !== undefined) {
        release = undefined;
        takeSound();
      }
    });
}

/** Of the whole browser: the tab that sounds hears of it by the storage. */
export function dropSound(): void {
  localStorage.setItem(KEY, 'off');
  fallSilent();
}

addEventListener('storage', ({ key, newValue }) => {
  if (key !== KEY) return;
  if (newValue === 'off') fallSilent();
  else if (!isSoundOn.value) {
    isSoundOn.value = true;
    takeSound();
  }
});

function fallSilent(): void {
  isSoundOn.value = false;
  release?.();
  release = undefined;
  soundsHere.value = false;
}

/** A ring of two tones, each 3 s, while `isRinging` says so. `data-sounding` on the page shows it. */
export function soundWhile(isRinging: () => boolean): () => void {
  let stop: (() => void) | undefined;
  const end = effect(() => {
    const isNeeded = isRinging() && isSoundOn.value && soundsHere.value;
    document.documentElement.toggleAttribute('data-sounding', isNeeded);
    if (isNeeded) stop ??= ringSoon();
    else {
      stop?.();
      stop = undefined;
    }
  });
  return () => {
    end();
    stop?.();
    document.documentElement.removeAttribute('data-sounding');
  };
}

/**
 * Making a sound takes the browser longer than drawing the card, so the card is drawn first. Timers of a hidden page are
 * late: there it sounds at once.
 */
function ringSoon(): () => void {
  if (document.hidden) return ring();
  let stop: (() => void) | undefined;
  const timer = setTimeout(() => {
    stop = ring();
  }, AFTER_CARD_MS);
  return () => {
    clearTimeout(timer);
    stop?.();
  };
}

function ring(): () => void {
  const context = new AudioContext();
  const look = (): void => {
    isSoundAsleep.value = context.state === 'suspended';
  };
  const wake = (): void => void context.resume().then(look, () => undefined);
  document.addEventListener('pointerdown', wake);
  document.addEventListener('keydown', wake);
  const play = (): void => {
    look();
    if (context.state !== 'running') return;
    for (const [at, pitch] of [
      [0, 660],
      [0.22, 550],
    ] as const) {
      const tone = context.createOscillator();
      const volume = context.createGain();
      const from = context.currentTime + at;
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0, from);
      volume.gain.linearRampToValueAtTime(0.15, from + 0.02);
      volume.gain.linearRampToValueAtTime(0, from + 0.2);
      tone.connect(volume).connect(context.destination);
      tone.start(from);
      tone.stop(from + 0.25);
    }
  };
  play();
  const timer = setInterval(play, 3000);
  return () => {
    clearInterval(timer);
    document.removeEventListener('pointerdown', wake);
    document.removeEventListener('keydown', wake);
    void context.close();
  };
}
