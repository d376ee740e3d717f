import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';

export type Mail = { messageId: string; subject: string; to: string[]; raw: string; receivedAt: string };
export type Call = { id: string; body: string; times: number };

export type Newsroom = {
  smtpUrl: string;
  webhookUrl: string;
  pageUrl: string;
  ports: { smtp: number; http: number };
  mails: Mail[];
  /** Calls by their `webhook-id`: a partner that keeps to the standard takes each once, however often it is sent. */
  calls: Map<string, Call>;
  /** Calls whose signature was wrong. */
  refused: number;
  /** The next so many webhook calls are answered 500. */
  failNextCalls(count: number): void;
  stop(): Promise<void>;
};

export type NewsroomOptions = { dir: string; secret: string; smtpPort?: number; httpPort?: number };

const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const header = (raw: string, name: string) =>
  new RegExp(`^${name}:[ \\t]*(.*(?:\\r?\\n[ \\t].*)*)`, 'im').exec(raw)?.[1]?.replace(/\r?\n[ \t]+/g, ' ') ?? '';

/** RFC 2047 words, as mail programs write Chinese subjects. */
const words = (text: string) =>
  text.replace(/=\?utf-8\?(b|q)\?([^?]*)\?=\s*/gi, (_, kind: string, coded: string) =>
    kind.toLowerCase() === 'b'
      ? Buffer.from(coded, 'base64').toString()
      : Buffer.from(
          coded
            .replaceAll('_', ' ')
            .replace(/=([0-9A-F]{2})/gi, (__, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
          'latin1',
        ).toString(),
  );

/**
 * A sample newsroom: takes mail by real SMTP and calls by Standard Webhooks, keeps them, and shows them on a page. A mailbox whose
 * name begins with `closed` is closed for the first mail, and open for the next.
 */
export async function startNewsroom({ dir, secret, smtpPort = 0, httpPort = 0 }: NewsroomOptions): Promise<Newsroom> {
  await mkdir(dir, { recursive: true });
  const mails: Mail[] = [];
  const calls = new Map<string, Call>();
  let failing = 0;
  let refused = 0;
  let kept = (await readdir(dir)).length;

  const opened = new Set<string>();
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    logger: false,
    onRcptTo({ address }, _, done) {
      if (!address.startsWith('closed') || opened.has(address)) return done();
      opened.add(address);
      done(Object.assign(new Error('5.2.1 mailbox is closed'), { responseCode: 550 }));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.once('end', () => {
        const raw = Buffer.concat(chunks).toString('utf8');
        const to = session.envelope.rcptTo.map(({ address }) => address);
        // Whoever looks into the mailbox finds it from here on, however long the disk takes.
        mails.push({
          messageId: header(raw, 'Message-ID'),
          subject: words(header(raw, 'Subject')),
          to,
          raw,
          receivedAt: new Date().toISOString(),
        });
        const number = ++kept;
        writeFile(join(dir, `${String(number).padStart(5, '0')}.eml`), raw).then(
          () => done(null, `queued as newsroom-${number}`),
          (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
        );
      });
    },
  });
  smtp.on('error', () => {});
  await new Promise<void>((resolve) => smtp.listen(smtpPort, '127.0.0.1', resolve));

  const hook = new Webhook(secret);
  const http = createServer((request, response) => {
    if (request.method !== 'POST') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page(mails, calls));
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const id = String(request.headers['webhook-id'] ?? '');
      try {
        hook.verify(body, request.headers as Record<string, string>);
      } catch {
        refused++;
        response.writeHead(401).end();
        return;
      }
      if (failing > 0) {
        failing--;
        response.writeHead(500).end();
        return;
      }
      calls.set(id, { id, body, times: (calls.get(id)?.times ?? 0) + 1 });
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ id: `newsroom-${id}` }));
    });
  });
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(httpPort, '127.0.0.1', resolve);
  });

  const portOf = (address: ReturnType<typeof http.address>) =>
    typeof address === 'object' && address ? address.port : 0;
  const ports = { smtp: portOf(smtp.server.address()), http: portOf(http.address()) };
  return {
    smtpUrl: `smtp://127.0.0.1:${ports.smtp}`,
    webhookUrl: `http://127.0.0.1:${ports.http}/hooks`,
    pageUrl: `http://127.0.0.1:${ports.http}/`,
    ports,
    mails,
    calls,
    get refused() {
      return refused;
    },
    failNextCalls: (count) => void (failing = count),
    async stop() {
      http.closeAllConnections();
      await Promise.all([
        new Promise<void>((resolve) => smtp.close(() => resolve())),
        new Promise((resolve) => http.close(resolve)),
      ]);
    },
  };
}

const Hook = z.object({ data: z.object({ title: z.string() }) });

function page(mails: Mail[], calls: Map<string, Call>): string {
  const title = (body: string) => Hook.safeParse(JSON.parse(body)).data?.data.title ?? '（无标题）';
  const rows = [
    ...mails.map(
      ({ subject, to, messageId }) =>
        `<tr><td>邮件</td><td>${escape(subject)}</td><td>${escape(to.join('、'))}</td><td>${escape(messageId)}</td></tr>`,
    ),
    ...[...calls.values()].map(
      ({ id, body, times }) =>
        `<tr><td>Webhook</td><td>${escape(title(body))}</td><td>签名有效，收到 ${times} 次，按编号只取一次</td><td>${escape(id)}</td></tr>`,
    ),
  ];
  return `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta http-equiv="refresh" content="5"><title>示例媒体编辑部</title>
<style>body{font:15px/1.7 "Microsoft YaHei","Noto Sans CJK SC",sans-serif;max-width:960px;margin:40px auto;padding:0 20px;color:#1c2733}table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #dde3ea;padding:8px;text-align:left;overflow-wrap:anywhere}</style>
<h1>示例媒体编辑部</h1><p>这是演示用的收件方：真实 SMTP 收信，真实校验 Standard Webhooks 签名。页面每 5 秒刷新。</p>
<table><thead><tr><th>方式</th><th>标题</th><th>收件</th><th>编号</th></tr></thead><tbody>${rows.join('') || '<tr><td colspan="4">还没有收到任何稿件。</td></tr>'}</tbody></table></html>`;
}
