import { askBytes } from '../api.ts';

/** Bars of a wave. */
const BARS = 160;
/** The sample rate of a telephone line, in Hz; more would only cost memory. */
const RATE = 8000;

/** How loud a recording is, from 0 to 1, bar by bar. @throws {Refusal} or what the browser says that can't read the sound */
export async function loadWave(url: string, signal: AbortSignal): Promise<readonly number[]> {
  const bytes = await askBytes(url, { signal });
  const context = new OfflineAudioContext(1, 1, RATE);
  const sound = await context.decodeAudioData(bytes);
  return peaksOf(
    Array.from({ length: sound.numberOfChannels }, (_, index) => sound.getChannelData(index)),
    BARS,
  );
}

/** The peak of each part over all channels, scaled so that the highest is 1. */
export function peaksOf(channels: readonly Float32Array[], bars: number): readonly number[] {
  const length = channels[0]?.length ?? 0;
  const peaks = Array.from({ length: bars }, (_, bar) => {
    let peak = 0;
    const end = Math.floor(((bar + 1) * length) / bars);
    for (const samples of channels) {
      for (let index = Math.floor((bar * length) / bars); index < end; index++) {
        peak = Math.max(peak, Math.abs(samples[index] ?? 0));
      }
    }
    return peak;
  });
  const loudest = Math.max(...peaks);
  return loudest === 0 ? peaks : peaks.map((peak) => peak / loudest);
}
