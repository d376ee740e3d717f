import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { z } from 'zod';
import { answerFault } from './faults.ts';
import { readDocuments, type Document } from '../sample-documents.ts';
import { sampleSites, writeList, writePage, type Posting, type SampleSite } from './sites.ts';

export type Upstreams = {
  port: number;
  url: string;
  sites: { sourceId: string; name: string; level: SampleSite['level']; column: string; feedUrl: string }[];
  /** Puts out the next document now; null when all are out. */
  postNext(): Promise<Document | null>;
  stop(): Promise<void>;
};

export type UpstreamOptions = {
  /** Where it is remembered what was put out when. */
  home: string;
  /** Seconds between new documents; 0 puts none out by itself. */
  pace: number;
  port?: number;
  now?: () => Date;
  /** How long ago the documents of the first start were put out, in minutes. */
  backlog?: readonly number[];
  onPosted?(document: Document, site: SampleSite): void;
};

/** Spread so that every state of the clock is on the screen at the first start. */
const firstBacklog = [750, 712, 655, 560, 480, 370, 300, 220, 150, 90, 45, 10];

const Remembered = z.array(z.object({ id: z.string(), postedAt: z.string() }));

/** Sample upstream sites: real HTTP, real feeds, real documents; only the moment of putting out is theirs. */
export async function startUpstreams(options: UpstreamOptions): Promise<Upstreams> {
  const { home, pace, now = () => new Date(), backlog = firstBacklog } = options;
  await mkdir(home, { recursive: true });
  const file = join(home, 'postings.json');
  const documents = readDocuments();
  const posted = new Map<string, string>();
  const remembered = await readFile(file, 'utf8').catch(() => null);
  for (const { id, postedAt } of remembered ? Remembered.parse(JSON.parse(remembered)) : []) posted.set(id, postedAt);

  const save = async () => {
    const list = [...posted].map(([id, postedAt]) => ({ id, postedAt }));
    await writeFile(`${file}.new`, JSON.stringify(list));
    await rename(`${file}.new`, file);
  };
  // Sites take turns, so that each has something early.
  const waiting = interleave(sampleSites.map((site) => documents.filter(({ level }) => site.levels.includes(level))));
  const next = () => waiting.find(({ id }) => !posted.has(id)) ?? null;
  if (posted.size === 0) {
    for (const minutes of backlog) {
      const document = next();
      if (document) posted.set(document.id, new Date(now().getTime() - minutes * 60_000).toISOString());
    }
    await save();
  }

  const postingsOf = (site: SampleSite): Posting[] =>
    documents
      .filter(({ id, level }) => site.levels.includes(level) && posted.has(id))
      .map((document) => ({ document, postedAt: posted.get(document.id)! }))
      .sort((a, b) => (a.postedAt < b.postedAt ? 1 : -1));

  let base = '';
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://upstream');
    if (pathname.startsWith('/faults/')) return answerFault(pathname, response);
    const [, path, name] = pathname.split('/');
    const site = sampleSites.find((each) => each.path === path);
    if (!site) return send(request, response, 'text/plain; charset=utf-8', Buffer.from('没有这个页面'), null, 404);
    const postings = postingsOf(site);
    if (name === 'feed.xml') {
      const { bytes, type } = site.writeFeed(postings, base);
      return send(request, response, type, bytes, postings[0]?.postedAt ?? null);
    }
    const page = /^(?:index(?:_(\d+))?\.html)?$/.exec(name ?? '');
    if (page) {
      const list = writeList(site, postings, Number(page[1] ?? 0));
      return send(request, response, `text/html; charset=${site.charset}`, list, null);
    }
    const posting = postings.find(({ document }) => `${document.id}.html` === name);
    if (!posting) return send(request, response, 'text/plain; charset=utf-8', Buffer.from('没有这个页面'), null, 404);
    return send(request, response, `text/html; charset=${site.charset}`, writePage(site, posting), posting.postedAt);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  base = `http://127.0.0.1:${port}`;

  const postNext = async (): Promise<Document | null> => {
    const document = next();
    if (!document) return null;
    posted.set(document.id, now().toISOString());
    await save();
    options.onPosted?.(
      document,
      sampleSites.find(({ levels }) => levels.includes(document.level))!,
    );
    return document;
  };
  const timer = pace > 0 ? setInterval(() => void postNext(), pace * 1_000) : null;

  return {
    port,
    url: base,
    sites: sampleSites.map(({ sourceId, name, level, column, path }) => ({
      sourceId,
      name,
      level,
      column,
      feedUrl: `${base}/${path}/feed.xml`,
    })),
    postNext,
    async stop() {
      if (timer) clearInterval(timer);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function interleave<T>(lists: T[][]): T[] {
  const longest = Math.max(...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, i) => lists.flatMap((list) => list.slice(i, i + 1))).flat();
}

/** Answers with validators, and with 304 when the reader has it already. */
function send(
  request: IncomingMessage,
  response: ServerResponse,
  type: string,
  bytes: Buffer,
  changedAt: string | null,
  status = 200,
): void {
  const etag = `"${createHash('sha256').update(bytes).digest('hex').slice(0, 20)}"`;
  response.setHeader('content-type', type);
  response.setHeader('etag', etag);
  if (changedAt) response.setHeader('last-modified', new Date(changedAt).toUTCString());
  if (status === 200 && request.headers['if-none-match'] === etag) response.writeHead(304).end();
  else response.writeHead(status).end(bytes);
}
