import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { channelKinds } from '@tongsheng/contracts';
import { channelTools, samplePost } from '@tongsheng/test/support';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { correctionOf, withdrawalOf } from './email-message.ts';
import { email } from './email.ts';

const parcel = samplePost;

const closings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closings.splice(0).map((close) => close()));
});

type Mail = { from: string; to: string[]; text: string };

/** A real mail server that keeps what it took. */
async function newsroom(options: Partial<SMTPServerOptions> = {}): Promise<{ port: number; mails: Mail[] }> {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    closeTimeout: 10,
    onData(stream, { envelope }, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const from = envelope.mailFrom ? envelope.mailFrom.address : '';
        const to = envelope.rcptTo.map(({ address }) => address);
        mails.push({ from, to, text: Buffer.concat(chunks).toString('utf8') });
        done();
      });
    },
    ...options,
  });
  closings.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: portOf(server.server), mails };
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;

/** A mail server that speaks by a script: what to say to the greeting, to each command, and to the final dot. */
async function scripted(say: (line: string, socket: Socket) => string | null): Promise<number> {
  const server = createServer((socket) => {
    let inMessage = false;
    let rest = '';
    socket.on('error', () => {});
    socket.write('220 script ESMTP\r\n');
    socket.on('data', (data) => {
      rest += data.toString('latin1');
      for (let end = rest.indexOf('\r\n'); end !== -1; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        if (inMessage && line !== '.') continue;
        inMessage = line === 'DATA';
        const answer = say(line, socket);
        if (answer !== null) socket.write(`${answer}\r\n`);
      }
    });
  });
  closings.push(() => new Promise((resolve) => server.close(resolve)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return portOf(server);
}

/** The polite answers; a test replaces one of them. */
function polite(line: string): string {
  if (line === 'DATA') return '354 go on';
  return line === '.' ? '250 OK queued as 4711' : '250 OK';
}

const to = ['desk@newspaper.example'];
const deliver = (port: number, recipients = to, { login = '', timeoutMs = 5_000 } = {}) =>
  email.deliver(
    parcel,
    { smtp: `smtp://${login}127.0.0.1:${port}`, from: 'press@province.example', to: recipients },
    channelTools('email', { allow: [`127.0.0.1:${port}`], timeoutMs }),
  );

describe('a mail that the server takes', () => {
  it('is confirmed with the server’s own line', async () => {
    const port = await scripted(polite);
    expect(await deliver(port)).toEqual({
      outcome: 'confirmed',
      detail: '250 OK queued as 4711',
      receipt: { remoteId: '250 OK queued as 4711', url: null },
    });
  });
  it('is the same to the byte at every attempt, Message-ID and Date included', async () => {
    const { port, mails } = await newsroom();
    await deliver(port);
    await deliver(port);
    expect(mails).toHaveLength(2);
    expect(mails[1]!.text).toBe(mails[0]!.text);
    expect(mails[0]!.text).toContain('Message-ID: <delivery-1.aaaaaaaa@tongsheng>');
    expect(mails[0]!.text).toContain('Date: Mon, 23 Nov 2026 04:00:00 +0000');
  });
  it('carries its Chinese subject and text, as text and as HTML, and escapes what people typed', async () => {
    const { port, mails } = await newsroom();
    await deliver(port);
    const [head, ...parts] = mails[0]!.text.split(/^--\S+\r\n/m);
    const words = [...head!.replace(/\r\n\s+/g, '').matchAll(/=\?UTF-8\?([BQ])\?([^?]*)\?=/gi)];
    const subject = words.map(([, kind, text]) => decodeWord(kind!, text!)).join('');
    expect(subject).toContain('【辟谣】关于“存款要缴税”的说明');
    const [plain, html] = parts
      .slice(0, 2)
      .map((part) => Buffer.from(part.split('\r\n\r\n')[1]!, 'base64').toString('utf8'));
    expect(plain).toContain('网传：明年起存款要缴税\n结论：不实信息');
    expect(plain).toContain('正文第一段\n第二段');
    expect(plain).toContain('2026-11-23 12:00（北京时间）');
    expect(html).toContain('说明 &lt;重要&gt;');
    expect(html).toContain('<p>正文<strong>第一段</strong></p>');
  });
  it('does not tell one newsroom which others were written to', async () => {
    const { port, mails } = await newsroom();
    await deliver(port, [...to, 'desk@radio.example']);
    expect(mails[0]!.to).toEqual([...to, 'desk@radio.example']);
    expect(mails[0]!.text).toMatch(/^To: .*<press@province.example>/m);
    expect(mails[0]!.text).not.toContain('desk@radio.example');
  });
  it('has no header that somebody typed into a title', async () => {
    const { port, mails } = await newsroom();
    const settings = { smtp: `smtp://127.0.0.1:${port}`, from: 'press@province.example', to };
    const title = '说明\r\nBcc: all@radio.example\r\n\r\n<script>';
    await email.deliver({ ...parcel, title }, settings, channelTools('email', { allow: [`127.0.0.1:${port}`] }));
    expect(mails[0]!.to).toEqual(to);
    const [head] = mails[0]!.text.split('\r\n\r\n');
    expect(head).not.toMatch(/^bcc:/im);
    expect(head).toMatch(/^content-type:/im);
  });
  it.each([
    'desk@newsroom.example\r\nBcc: all@radio.example',
    'desk@newsroom.example>\r\nDATA',
    'desk@newsroom.example\nRCPT TO:<all@radio.example>',
    '"desk\r\n"@newsroom.example',
  ])('is not sent to, nor from, an address with a header in it: %j', (address) => {
    const read = (more: object) =>
      channelKinds.email.settings.safeParse({ smtp: 'smtp://mail.example', from: 'press@tax.example', to, ...more });
    expect(read({}).success).toBe(true);
    expect(read({ to: [address] }).success).toBe(false);
    expect(read({ from: address }).success).toBe(false);
  });
  it('for one of the press goes to that person alone, and says whose it is and until when it binds, twice', async () => {
    const { port, mails } = await newsroom();
    const embargo = { until: '2026-11-24T02:00:00.000Z', name: '王记者', email: 'wang@paper.example' };
    const settings = { smtp: `smtp://127.0.0.1:${port}`, from: 'press@province.example', to };
    const tools = channelTools('email', { allow: [`127.0.0.1:${port}`], timeoutMs: 5_000 });
    await email.deliver({ ...parcel, embargo }, settings, tools);
    expect(mails[0]!.to).toEqual(['wang@paper.example']);
    const texts = mails[0]!.text.split(/^--\S+\r\n/m).slice(1, 3);
    for (const part of texts) {
      const text = Buffer.from(part.split('\r\n\r\n')[1]!, 'base64').toString('utf8');
      expect(text.match(/供王记者提前准备，2026-11-24 10:00（北京时间）前不得以任何形式公开/g)).toHaveLength(2);
    }
  });
  it('says which recipients were refused while others have it', async () => {
    const port = await scripted((line) => (line.includes('radio') ? '550 no such desk' : polite(line)));
    const handed = await deliver(port, [...to, 'desk@radio.example']);
    expect(handed.outcome).toBe('confirmed');
    expect(handed.detail).toBe('1 of 2 recipients; refused: desk@radio.example: 550 no such desk');
    expect(handed.recipients).toEqual([
      { address: to[0], outcome: 'accepted', status: '', detail: '' },
      { address: 'desk@radio.example', outcome: 'refused', status: '550', detail: '550 no such desk' },
    ]);
  });
  it('goes to those alone whom it is still to reach, and is the same mail to the byte', async () => {
    const { port, mails } = await newsroom();
    const everybody = [...to, 'desk@radio.example', 'left@radio.example'];
    await deliver(port, everybody);
    const settings = { smtp: `smtp://127.0.0.1:${port}`, from: 'press@province.example', to: everybody };
    const tools = channelTools('email', { allow: [`127.0.0.1:${port}`] });
    const only = (...onlyTo: string[]) => email.deliver({ ...parcel, onlyTo }, settings, tools);
    expect(await only('desk@radio.example', 'gone@radio.example')).toMatchObject({
      outcome: 'confirmed',
      recipients: [{ address: 'desk@radio.example', outcome: 'accepted' }],
    });
    expect(mails.map((mail) => mail.to)).toEqual([everybody, ['desk@radio.example']]);
    expect(mails[1]!.text).toBe(mails[0]!.text);
    // Whoever was taken from the channel meanwhile gets nothing any more.
    expect(await only('gone@radio.example')).toMatchObject({ outcome: 'rejected_permanent' });
    expect(mails).toHaveLength(2);
  });
});

function decodeWord(kind: string, text: string): string {
  if (kind.toUpperCase() === 'B') return Buffer.from(text, 'base64').toString('utf8');
  const bytes = text
    .replace(/_/g, ' ')
    .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

describe('a mail that surely did not leave', () => {
  it('when nobody listens', async () => {
    const { port } = await newsroom();
    await closings.pop()!();
    expect((await deliver(port)).outcome).toBe('not_sent');
  });
  it('when the server is not one that may be reached', async () => {
    const { port } = await newsroom();
    const settings = { smtp: `smtp://127.0.0.1:${port}`, from: 'press@province.example', to };
    const handed = await email.deliver(parcel, settings, channelTools('email', { allow: [], timeoutMs: 5_000 }));
    expect(handed).toMatchObject({
      outcome: 'not_sent',
      detail: expect.stringContaining('is not one of 25, 465, 587'),
    });
    const metadata = { ...settings, smtp: 'smtp://169.254.169.254:25' };
    expect(
      (await email.deliver(parcel, metadata, channelTools('email', { allow: [], timeoutMs: 5_000 }))).outcome,
    ).toBe('not_sent');
  });
  it('when the line breaks at the recipient', async () => {
    const port = await scripted((line, socket) => {
      if (!line.startsWith('RCPT')) return polite(line);
      socket.destroy();
      return null;
    });
    expect((await deliver(port)).outcome).toBe('not_sent');
  });
  it('when the server turns everyone away for now', async () => {
    const port = await scripted((line) => (/^(EHLO|HELO)/.test(line) ? '421 too busy' : polite(line)));
    expect((await deliver(port)).outcome).toBe('not_sent');
  });
  it('when the server falls silent before it asked for the message', async () => {
    const port = await scripted((line) => (line === 'DATA' ? null : polite(line)));
    expect((await deliver(port, to, { timeoutMs: 200 })).outcome).toBe('not_sent');
  });
  it('when our password is wrong', async () => {
    const { port, mails } = await newsroom({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (_auth, _session, done) => done(new Error('wrong password')),
    });
    expect(await deliver(port, to, { login: 'press:secret@' })).toMatchObject({
      outcome: 'not_sent',
      trouble: 'credential',
    });
    const own = { user: 'press', password: 'secret', from: 'press@province.example', to };
    const tools = channelTools('email', { allow: [`127.0.0.1:${port}`] });
    const handed = await email.deliver(parcel, { smtp: `smtp://127.0.0.1:${port}`, ...own }, tools);
    expect(handed).toMatchObject({ outcome: 'not_sent', trouble: 'credential' });
    expect(mails).toEqual([]);
  });
});

describe('a mail that may have arrived', () => {
  it('when the line breaks after the final dot', async () => {
    const port = await scripted((line, socket) => {
      if (line !== '.') return polite(line);
      socket.destroy();
      return null;
    });
    expect((await deliver(port)).outcome).toBe('unknown');
  });
  it('when the server falls silent after the final dot', async () => {
    const port = await scripted((line) => (line === '.' ? null : polite(line)));
    expect((await deliver(port, to, { timeoutMs: 200 })).outcome).toBe('unknown');
  });
});

describe('a mail that the server refuses', () => {
  const refusing = (at: RegExp, answer: string) => scripted((line) => (at.test(line) ? answer : polite(line)));

  it.each([
    ['every recipient', /^RCPT/, '550 no such user', 'rejected_permanent'],
    ['every recipient for now', /^RCPT/, '450 mailbox busy', 'rejected_retryable'],
    ['the sender', /^MAIL/, '553 not from you', 'rejected_permanent'],
    ['the message', /^\.$/, '554 looks like spam', 'rejected_permanent'],
    ['the message for now', /^\.$/, '451 try again later', 'rejected_retryable'],
  ] as const)('by %s is told apart from one that is lost', async (_what, at, answer, outcome) => {
    const handed = await deliver(await refusing(at, answer));
    expect(handed.outcome).toBe(outcome);
    expect(handed.detail).toContain(answer);
  });
});

describe('a mail about an earlier one', () => {
  const before = { parcel, receipt: null, notes: {} };
  const later = { ...parcel, deliveryId: 'amend-2', contentHash: 'b'.repeat(64), note: '第三项 <应> 为五日' };
  const settingsOf = (port: number) => ({ smtp: `smtp://127.0.0.1:${port}`, from: 'press@province.example', to });
  const headOf = ({ text }: Mail) => text.slice(0, text.indexOf('\r\n\r\n'));

  it('stands in the same thread: the new version whole, with what is different before it', async () => {
    const { port, mails } = await newsroom();
    await deliver(port);
    const tools = channelTools('email', { allow: [`127.0.0.1:${port}`] });
    expect(await email.amend!.hand(later, before, settingsOf(port), tools)).toMatchObject({ outcome: 'confirmed' });
    const first = /^message-id: (<.+>)/im.exec(headOf(mails[0]!))![1]!;
    expect(headOf(mails[1]!)).toContain(`References: ${first}`);
    expect(headOf(mails[1]!)).toContain(`In-Reply-To: ${first}`);
    expect(headOf(mails[1]!)).not.toContain(`Message-ID: ${first}`);
    const told = correctionOf(later, parcel, settingsOf(port));
    expect(told.subject).toMatch(/^【更正】/);
    expect(told.text).toContain('更正：第三项 <应> 为五日');
    expect(told.html).toContain('第三项 &lt;应&gt; 为五日');
  });

  it('that takes it back says nothing of its text', async () => {
    const { port, mails } = await newsroom();
    const tools = channelTools('email', { allow: [`127.0.0.1:${port}`] });
    expect(await email.recall!.hand(later, before, settingsOf(port), tools)).toMatchObject({ outcome: 'confirmed' });
    expect(mails).toHaveLength(1);
    const told = withdrawalOf(later, parcel, settingsOf(port));
    expect(told.subject).toMatch(/^【撤回】/);
    expect(told.text).toContain('请停止使用');
    for (const text of [told.text, told.html]) expect(text).not.toContain('第一段');
  });
});
