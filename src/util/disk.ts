import { statfsSync } from 'node:fs';

/** Bytes that others than root may still write in the file system of a folder. */
export function freeBytesOf(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

export function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
