export interface DoorRequest {
  readonly username: string;
  readonly secret: string;
  readonly channel: string;
  readonly exten: string;
  /** Whether it says goodbye at once, as the vendor's app does. A program that waits for events stays. */
  readonly logoff: boolean;
}

/** The request for a call as the source document of the vendor has it, line for line. */
export function doorRequest({ username, secret, channel, exten, logoff }: DoorRequest): string {
  return [
    'Action: login',
    `Username: ${username}`,
    `Secret: ${secret}`,
    '',
    'Action: originate',
    `Channel: ${channel}`,
    'WaitTime: 30',
    'CallerId: 0',
    `Exten: ${exten}`,
    'Context: courier',
    'Priority: 1',
    '',
    ...(logoff ? ['Action: Logoff', ''] : []),
    '',
  ].join('\r\n');
}
