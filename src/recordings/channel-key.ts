interface ChannelName {
  readonly asterisk: string;
  readonly channel: string;
}

/** Tells one channel from another: each Asterisk counts its own. */
export function channelKey({ asterisk, channel }: ChannelName): string {
  return `${asterisk} ${channel}`;
}

/** Tells one recording from another: a channel may have several. */
export function recordingKey(channel: ChannelName, stem: string): string {
  return `${channelKey(channel)} ${stem}`;
}
