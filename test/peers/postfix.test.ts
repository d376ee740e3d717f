// Mails by Debian's Postfix to another one, and what they send back.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bodyOf, channelTools, samplePost, until } from '@tongsheng/test/support';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Heard } from '../../services/delivery/src/channels/channel.ts';
import { email } from '../../services/delivery/src/channels/email.ts';
import { postfixHome, startPostfix, type MailServers } from './postfix-server.ts';

const bounceToken = 'what the mail server shows';
const from = 'press@province.example';
const [desk, radio, unknown, busy, left] = ['desk', 'radio', 'unknown', 'busy', 'left'].map(
  (name) => `${name}@newsroom.example`,
) as [string, string, string, string, string];

describe.skipIf(!postfixHome)('a mail by Postfix', () => {
  let door: Server;
  let mails: MailServers;
  const heard: Heard[] = [];
  const bodies: string[] = [];

  beforeAll(async () => {
    door = createServer((request, response) => {
      const listen = async () => {
        const headers = Object.fromEntries(Object.entries(request.headers).map(([name, said]) => [name, String(said)]));
        const call = { method: request.method!, query: new URLSearchParams(), headers, body: await bodyOf(request) };
        const said = await email.callback!(call, settingsOf([desk]), channelTools('email'));
        heard.push(said);
        bodies.push(call.body.toString('utf8'));
        response.writeHead(said.answer.status).end(said.answer.body);
      };
      listen().catch((error: unknown) => response.destroy(error as Error));
    });
    await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(door.address() as AddressInfo).port}/channels/newsroom`;
    mails = await startPostfix({ url, token: bounceToken });
  });
  afterAll(async () => {
    door.close();
    await mails[Symbol.asyncDispose]();
  });

  const settingsOf = (to: string[]) => ({ smtp: `smtp://127.0.0.1:${mails.port}`, from, to, bounceToken });
  const send = (deliveryId: string, to: string[], onlyTo?: string[]) =>
    email.deliver(
      { ...samplePost, deliveryId, ...(onlyTo && { onlyTo }) },
      settingsOf(to),
      channelTools('email', { allow: [`127.0.0.1:${mails.port}`], timeoutMs: 60_000 }),
    );
  const mailsOf = async (name: string, deliveryId: string) =>
    (await mails.mailsOf(name)).filter((mail) => mail.includes(`X-Tongsheng-Delivery: ${deliveryId}`));
  const bouncesOf = (deliveryId: string) =>
    heard.flatMap(({ news }) => news).filter(({ about }) => 'deliveryId' in about && about.deliveryId === deliveryId);

  it('is in every mailbox once, under the Message-ID that all its copies have', async () => {
    expect(await send('all', [desk, radio])).toMatchObject({
      outcome: 'confirmed',
      detail: expect.stringMatching(/^250 2\.0\.0 Ok: queued as/),
    });
    for (const name of ['desk', 'radio']) {
      await until(async () => expect(await mailsOf(name, 'all')).toHaveLength(1));
      const [mail] = await mailsOf(name, 'all');
      expect(mail).toMatch(/^Message-ID: <all\.aaaaaaaa@tongsheng>$/m);
      expect(mail).toContain(`Return-Path: <${from}>`);
    }
  });
  it('is taken for one, and later and never for others: each has an answer of its own', async () => {
    expect(await send('some', [busy, desk, left])).toMatchObject({
      outcome: 'confirmed',
      detail: expect.stringContaining('1 of 3 recipients'),
      recipients: [
        {
          address: busy,
          outcome: 'deferred',
          status: '4.2.1',
          detail: expect.stringMatching(/^450 4\.2\.1 .*the desk is full, later/),
        },
        { address: desk, outcome: 'accepted', status: '', detail: '' },
        {
          address: left,
          outcome: 'refused',
          status: '5.1.6',
          detail: expect.stringMatching(/^550 5\.1\.6 .*nobody works here/),
        },
      ],
    });
    await until(async () => expect(await mailsOf('desk', 'some')).toHaveLength(1));
  });
  it('that nobody takes is tried again while one of them may take it later, and is given up when none will', async () => {
    const tried = await send('later', [busy, left]);
    expect(tried.outcome).toBe('rejected_retryable');
    for (const said of [`${busy}: 450`, `${left}: 550`]) expect(tried.detail).toContain(said);
    expect(await send('never', [left])).toMatchObject({
      outcome: 'rejected_permanent',
      detail: expect.stringMatching(/^550 5\.1\.6/),
    });
  });
  it('that the next server refuses for one comes back, and says whom of which delivery it did not reach', async () => {
    expect(await send('bounced', [desk, unknown])).toMatchObject({ outcome: 'confirmed' });
    await until(() => expect(bouncesOf('bounced')).toHaveLength(1)).catch(async (error: unknown) => {
      throw new Error(await mails.log(), { cause: error });
    });
    expect(bouncesOf('bounced')).toMatchObject([
      {
        bounced: [{ address: unknown, status: '5.1.1', detail: expect.stringMatching(/^550 5\.1\.1 .*User unknown/) }],
      },
    ]);
    // By the id of its envelope, whatever becomes of its headers on the way.
    expect(bodies.at(-1)).toMatch(/^Original-Envelope-Id: bounced\r?$/m);
    await until(async () => expect(await mailsOf('desk', 'bounced')).toHaveLength(1));
  });
  it('goes later to those alone whom it was not taken for, as the same mail, and to nobody twice', async () => {
    await send('rest', [busy, desk]);
    expect(await send('rest', [busy, desk], [busy])).toMatchObject({
      outcome: 'rejected_retryable',
      recipients: [{ address: busy, outcome: 'deferred', status: '4.2.1' }],
    });
    await mails.makeRoom();
    await until(async () => expect(await send('rest', [busy, desk], [busy])).toMatchObject({ outcome: 'confirmed' }));
    await until(async () => expect(await mailsOf('busy', 'rest')).toHaveLength(1));
    await until(async () => expect(await mailsOf('desk', 'rest')).toHaveLength(1));
    const [late] = await mailsOf('busy', 'rest');
    expect(late).toMatch(/^Message-ID: <rest\.aaaaaaaa@tongsheng>$/m);
    expect(late).not.toContain(desk);
  });
});
