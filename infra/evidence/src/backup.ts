import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { openBeside, readBeside, type Bus } from '@tongsheng/bus';
import { z } from 'zod';
import { BadArchive, exportLog, restoreLog } from './archive.ts';
import type { ChainOptions } from './chain.ts';
import type { Verified } from './verify.ts';

type Progress = (done: string) => void;

const Manifest = z.object({
  format: z.literal('tongsheng-backup/1'),
  madeAt: z.string(),
  /** Files of this folder and of `config`, with their SHA-256; the log has sums of its own. */
  files: z.record(z.string(), z.string()),
});

/** What stands beside the log: a message a line. */
const Beside = z.object({
  stream: z.string(),
  subject: z.string(),
  headers: z.array(z.tuple([z.string(), z.array(z.string())])),
  base64: z.string(),
});

const beside = 'beside.jsonl';
const sumOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/**
 * Everything that an installation can be made again from, in an empty folder: the log with what is public and what proves
 * something (`log/`, an archive as `log export` writes it), what stands beside it (unsaved texts, subscribers of the hub, dead
 * letters), and files of its configuration. It holds secrets: only its owner may read it.
 * @param config files and folders of files to take along
 * @throws BadArchive when the folder is not empty; BrokenLog when the log is not whole
 */
export async function makeBackup(
  bus: Bus,
  folder: string,
  { madeAt, config, onProgress }: { madeAt: string; config: readonly string[]; onProgress: Progress },
): Promise<Verified> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  if ((await readdir(folder)).length > 0) throw new BadArchive(`${folder} is not empty; name a new folder`);
  const verified = await exportLog(bus, join(folder, 'log'), madeAt, onProgress);

  const lines: string[] = [];
  await readBeside(bus, (stream, { subject, headers, data }) => {
    const line = { stream, subject, headers: [...(headers ?? [])], base64: Buffer.from(data).toString('base64') };
    lines.push(`${JSON.stringify(line)}\n`);
  });
  await writeFile(join(folder, beside), lines.join(''), { mode: 0o600 });

  await mkdir(join(folder, 'config'), { mode: 0o700 });
  for (const path of config) await take(path, join(folder, 'config', basename(path)));
  const files: Record<string, string> = {};
  for (const name of [beside, ...(await namesIn(folder, 'config'))])
    files[name] = sumOf(await readFile(join(folder, name)));
  // Last, so that a backup that was not finished has none.
  const manifest: z.infer<typeof Manifest> = { format: 'tongsheng-backup/1', madeAt, files };
  await writeFile(join(folder, 'backup.json'), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
  return verified;
}

/**
 * Puts a backup into an empty server, and checks the log there. Read models are built again by the services.
 * @param config a folder for the files of the configuration; what is there already stays
 * @throws BadArchive when the backup was changed or not finished, or the server holds a log already; BrokenLog
 */
export async function restoreBackup(
  bus: Bus,
  folder: string,
  { config, onProgress, ...options }: ChainOptions & { config: string | null; onProgress: Progress },
): Promise<Verified> {
  const { files } = await manifestOf(folder);
  const restored = await restoreLog(bus, join(folder, 'log'), { ...options, onProgress });
  const put = openBeside(bus);
  for (const line of (await readFile(join(folder, beside), 'utf8')).split('\n').filter(Boolean)) {
    const { subject, headers, base64 } = Beside.parse(JSON.parse(line));
    await put({ subject, headers, data: Buffer.from(base64, 'base64') });
  }
  if (config !== null)
    for (const name of Object.keys(files).filter((each) => each.startsWith('config/'))) {
      const target = join(config, name.slice('config/'.length));
      if (await stat(target).catch(() => null)) onProgress(`${target} is there already, and stays`);
      else await take(join(folder, name), target);
    }
  return restored;
}

async function manifestOf(folder: string): Promise<z.infer<typeof Manifest>> {
  const text = await readFile(join(folder, 'backup.json'), 'utf8').catch(() => {
    throw new BadArchive(`${folder} has no backup.json: it is no backup, or one that was not finished`);
  });
  const manifest = Manifest.parse(JSON.parse(text));
  const found = [beside, ...(await namesIn(folder, 'config'))];
  const stray = found.find((name) => !(name in manifest.files));
  if (stray) throw new BadArchive(`${stray} is not in backup.json: it was put in`);
  for (const [name, sum] of Object.entries(manifest.files)) {
    const bytes = await readFile(join(folder, name)).catch(() => null);
    if (!bytes) throw new BadArchive(`${name} is gone`);
    if (sumOf(bytes) !== sum) throw new BadArchive(`${name} was changed`);
  }
  return manifest;
}

/** Names of files below a folder, from where that stands. */
async function namesIn(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  const names = entries.map(async (each) => {
    const name = `${folder}/${each.name}`;
    return each.isDirectory() ? namesIn(root, name) : [name];
  });
  return (await Promise.all(names)).flat().sort();
}

/** A file, or a folder of files, for its owner alone. @throws BadArchive when it is not there */
async function take(from: string, to: string): Promise<void> {
  const found = await stat(from).catch(() => {
    throw new BadArchive(`there is no file ${from} to take along`);
  });
  if (found.isDirectory()) {
    await mkdir(to, { recursive: true, mode: 0o700 });
    for (const name of await readdir(from)) await take(join(from, name), join(to, name));
    return;
  }
  await mkdir(join(to, '..'), { recursive: true, mode: 0o700 });
  await copyFile(from, to);
  await chmod(to, 0o600);
}
