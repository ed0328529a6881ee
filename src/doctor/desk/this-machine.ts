import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';

/** Addresses of this machine under which others may reach it. */
export function outerAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
    .map(({ address }) => address);
}

/** Whether a name or address means this machine. @returns null when there is no such host */
export async function isThisMachine(host: string): Promise<boolean | null> {
  try {
    const { address } = await lookup(host);
    return /^127\.|^::1$/.test(address) || outerAddresses().includes(address);
  } catch {
    return null;
  }
}
