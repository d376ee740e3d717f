import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { followStream, type Bus } from '@tongsheng/bus';
import { streams, subjects } from '@tongsheng/contracts';
import { createClient } from 'redis';

/** Every byte of the PUBLIC stream: what a reader of it could see. */
export async function publicBytes(bus: Bus): Promise<string> {
  const parts: string[] = [];
  const following = await followStream(bus, {
    stream: streams.public,
    subject: subjects.publicDocuments(),
    onMessage: ({ subject, data }) => void parts.push(subject, Buffer.from(data).toString('utf8')),
    onFailure: (error) => {
      throw error;
    },
  });
  await following.caughtUp;
  await following.stop();
  return parts.join('\n');
}

/** Which of these words a running process holds anywhere in the memory that it may write: as UTF-8, or as V8 keeps them. */
export function inMemory(pid: number, words: readonly string[]): string[] {
  const wanted = words.map((each) => ({ each, as: [Buffer.from(each, 'utf8'), Buffer.from(each, 'utf16le')] }));
  const found = new Set<string>();
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  try {
    for (const line of readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n')) {
      const [, from, to] = /^([\da-f]+)-([\da-f]+) rw/.exec(line) ?? [];
      if (from === undefined || to === undefined) continue;
      const region = readRegion(memory, Number.parseInt(from, 16), Number.parseInt(to, 16));
      if (!region) continue;
      for (const { each, as } of wanted) if (as.some((bytes) => region.includes(bytes))) found.add(each);
    }
    return [...found];
  } finally {
    closeSync(memory);
  }
}

/** Null where nothing can be read: it was given back meanwhile. */
function readRegion(memory: number, from: number, to: number): Buffer | null {
  const region = Buffer.alloc(to - from);
  try {
    readSync(memory, region, 0, region.length, from);
    return region;
  } catch {
    return null;
  }
}

/** Everything that Redis holds, as text. */
export async function redisOf(url: string): Promise<string[]> {
  const client = await createClient({ url }).connect();
  const found: string[] = [];
  try {
    for await (const keys of client.scanIterator()) {
      for (const key of keys) {
        found.push(key);
        const type = await client.type(key);
        if (type === 'string') found.push((await client.get(key)) ?? '');
        if (type === 'hash') found.push(JSON.stringify(await client.hGetAll(key)));
        if (type === 'set') found.push(...(await client.sMembers(key)));
        if (type === 'zset') found.push(...(await client.zRange(key, 0, -1)));
        if (type === 'list') found.push(...(await client.lRange(key, 0, -1)));
        if (type === 'stream') found.push(JSON.stringify(await client.xRange(key, '-', '+')));
      }
    }
  } finally {
    client.destroy();
  }
  return found;
}
