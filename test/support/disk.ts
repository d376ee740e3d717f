import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';

/** A small disk of its own: an image with a file system, mounted. */
export type Disk = {
  /** Where it is mounted. */
  path: string;
  /** Takes all the room but so many bytes. */
  fill(leave?: number): Promise<void>;
  /** Gives the room back. */
  clear(): void;
  /** Keeps what the disk itself holds at this moment, without what the machine had only in its memory. */
  snapshot(): void;
  /** What was kept takes the place of the disk, as after a power cut. Nothing may have a file open on it. */
  restore(): void;
  [Symbol.asyncDispose](): Promise<void>;
};

const run = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;
const must = (command: string, ...args: string[]): void => {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
};

/** @param dir an empty folder for the image and the mount. @throws where disks can't be mounted */
export function makeDisk(dir: string, mib: number): Disk {
  const path = join(dir, 'mounted');
  const [image, kept, ballast] = [join(dir, 'image'), join(dir, 'kept'), join(path, 'ballast')];
  mkdirSync(path, { recursive: true });
  must('truncate', '-s', `${mib}M`, image);
  must('mkfs.ext4', '-q', '-F', '-m', '0', image);
  must('mount', '-o', 'loop', image, path);
  return {
    path,
    async fill(leave = 0) {
      const { bavail, bsize } = await statfs(path);
      // The last blocks are the file system's own: what it can't give in one piece is taken in smaller ones.
      for (let bytes = bavail * bsize - leave, n = 0; bytes >= bsize; n++) {
        if (!run('fallocate', '-l', String(bytes), `${ballast}-${n}`)) bytes = Math.floor(bytes / 2);
        else bytes = (await statfs(path)).bavail * bsize - leave;
      }
    },
    clear() {
      for (let n = 0; n < 1_000 && run('test', '-e', `${ballast}-${n}`); n++) rmSync(`${ballast}-${n}`);
    },
    snapshot: () => must('cp', '--sparse=auto', image, kept),
    restore() {
      must('umount', path);
      must('mv', kept, image);
      must('mount', '-o', 'loop', image, path);
    },
    async [Symbol.asyncDispose]() {
      run('umount', '-l', path);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Whether disks can be mounted here: that needs root and loop devices. */
export const canMount = ((): boolean => {
  if (process.getuid?.() !== 0) return false;
  const { status, stdout } = spawnSync('losetup', ['-f'], { encoding: 'utf8' });
  return status === 0 && stdout.trim() !== '';
})();
