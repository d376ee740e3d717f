import { access, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf, type Bus } from '@tongsheng/bus';
import { exportLog } from '@tongsheng/evidence';
import { Failure } from '../failure.ts';
import { checkpointCommand, plainly } from './archive.ts';
import { verifyCommand } from './verify-log.ts';

type Say = (line: string) => void;

const anchorEnd = '.checkpoint.txt';

/**
 * Keeps what the log is now in a folder of another system, by the time of day: a checkpoint, and the whole log where that is
 * wanted. First it must lead to every checkpoint that is kept there.
 * @param now UTC with milliseconds
 * @throws Failure when the folder is not there, the log does not lead to a checkpoint, or it is not whole
 */
export async function keepCommand(
  bus: Bus,
  folder: string,
  { whole, now }: { whole: boolean; now: string },
  say: Say,
): Promise<string> {
  // Not made: a folder that is not mounted must not be taken for the other system.
  await access(folder).catch((error: unknown) => {
    throw new Failure(`${folder} can’t be written: ${reasonOf(error)}`);
  });
  const kept = (await readdir(folder)).filter((name) => name.endsWith(anchorEnd));
  const anchor = kept.map((name) => join(folder, name));
  const { entries } = await verifyCommand(undefined, { anchor }, (work) => work(bus), say);
  const note = await checkpointCommand(bus, say);
  const name = now.replaceAll(/[-:]|\.\d+/g, '');
  if (whole) {
    const part = join(folder, `${name}.part`);
    await exportLog(bus, part, now, say).catch(plainly);
    await rename(part, join(folder, name));
  }
  await writeFile(join(folder, `${name}${anchorEnd}`), `${note}\n`, { flag: 'wx' });
  const what = whole ? 'the whole log and a checkpoint' : 'a checkpoint';
  return `${folder}/${name}: ${what}; ${entries} entries lead to all ${kept.length} that were kept before`;
}
