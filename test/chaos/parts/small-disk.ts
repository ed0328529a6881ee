import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { howToBecomeRoot } from '../../lab/packages.ts';

/** What somebody may write while the rest is set aside. */
const WRITTEN_BYTES = 8_000_000;

/** A disk of its own, in memory, small enough to be filled. */
export class SmallDisk {
  readonly folder: string;
  readonly #become: readonly string[];

  private constructor(folder: string, become: readonly string[]) {
    this.folder = folder;
    this.#become = become;
  }

  /** @throws when there is no way to become root, who alone may mount */
  static async mount(folder: string, size: string): Promise<SmallDisk> {
    const become = await howToBecomeRoot();
    if (become === undefined) {
      throw new Error('A small disk has to be mounted, which takes root, or sudo without a password.');
    }
    mkdirSync(folder, { recursive: true });
    const disk = new SmallDisk(folder, become);
    disk.#run('mount', '-t', 'tmpfs', '-o', `size=${size},mode=0777`, 'courier-agi-test', folder);
    return disk;
  }

  /** To the last byte. Most of it is only set aside: written from here, it would hold up whatever this process plays. */
  fill(): void {
    const filler = join(this.folder, 'filler');
    const { bfree, bsize } = statfsSync(this.folder);
    const aside = bfree * bsize - WRITTEN_BYTES;
    if (aside > 0) execFileSync('fallocate', ['--length', String(aside), filler], { stdio: 'ignore' });
    try {
      for (;;) appendFileSync(filler, Buffer.alloc(WRITTEN_BYTES));
    } catch (error) {
      if (Reflect.get(Object(error), 'code') !== 'ENOSPC') throw error;
    }
  }

  free(): void {
    rmSync(join(this.folder, 'filler'), { force: true });
  }

  /** Lazily: whoever still has a file open keeps it. */
  unmount(): void {
    this.#run('umount', '--lazy', this.folder);
  }

  #run(...words: readonly string[]): void {
    const [file = '', ...args] = [...this.#become, ...words];
    execFileSync(file, args, { stdio: 'ignore' });
  }
}
