import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { howToBecomeRoot } from '../../lab/packages.ts';

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

  /** To the last byte. */
  fill(): void {
    const { bfree, bsize } = statfsSync(this.folder);
    try {
      writeFileSync(join(this.folder, 'filler'), Buffer.alloc(bfree * bsize));
    } catch (error) {
      // Somebody has written meanwhile: it is full all the same.
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
