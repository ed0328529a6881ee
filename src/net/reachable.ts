/** How this machine reaches a listener: one on every address is reached on loopback. */
export function reachableHost(listenHost: string): string {
  if (listenHost === '0.0.0.0') return '127.0.0.1';
  return listenHost === '::' ? '::1' : listenHost;
}
