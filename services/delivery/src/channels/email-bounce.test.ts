import { channelTools } from '@tongsheng/test/support';
import { describe, expect, it } from 'vitest';
import { email } from './email.ts';

const token = 'a token of the mail server';
const settings = { smtp: 'smtp://mail.example', from: 'press@tax.example', to: ['desk@newsroom.example'] };

/** As Postfix 3.7 writes it (its `bounce` daemon; RFC 3462 and 3464), for one who failed and one who is late. */
const bounce = (action = 'failed') =>
  `Return-Path: <>
Date: Mon, 23 Nov 2026 12:00:05 +0800 (CST)
From: MAILER-DAEMON@mx.tax.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: press@tax.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4ABC.1700000000/mx.tax.example"
Message-Id: <20261123040005.4ABD@mx.tax.example>

This is a MIME-encapsulated message.

--4ABC.1700000000/mx.tax.example
Content-Description: Notification
Content-Type: text/plain; charset=utf-8

This is the mail system at host mx.tax.example.

--4ABC.1700000000/mx.tax.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.tax.example
X-Postfix-Queue-ID: 4ABC
Arrival-Date: Mon, 23 Nov 2026 12:00:00 +0800 (CST)

Final-Recipient: rfc822; desk@newsroom.example
Original-Recipient: rfc822;desk@newsroom.example
Action: ${action}
Status: 5.1.1
Remote-MTA: dns; mx.newsroom.example
Diagnostic-Code: smtp; 550 5.1.1 <desk@newsroom.example>: Recipient address
    rejected: User unknown

Final-Recipient: rfc822; night@newsroom.example
Action: delayed
Status: 4.4.1
Diagnostic-Code: X-Postfix; connect to mx.newsroom.example: Connection timed out

--4ABC.1700000000/mx.tax.example
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

Message-ID: <delivery-1.0123abcd@tongsheng>
X-Tongsheng-Delivery: delivery-1
Subject: =?utf-8?B?6L6f6LCj?=

--4ABC.1700000000/mx.tax.example--
`.replaceAll('\n', '\r\n');

const hear = (body: string, { authorization = `Bearer ${token}`, expected = true } = {}) =>
  email.callback!(
    { method: 'POST', query: new URLSearchParams(), headers: { authorization }, body: Buffer.from(body) },
    { ...settings, ...(expected && { bounceToken: token }) },
    channelTools('email'),
  );

describe('a bounce', () => {
  it('says whom the mail of which delivery did not reach, and leaves out who is only late', async () => {
    expect(await hear(bounce())).toMatchObject({
      answer: { status: 200 },
      news: [
        {
          about: { deliveryId: 'delivery-1' },
          bounced: [
            {
              address: 'desk@newsroom.example',
              status: '5.1.1',
              detail: '550 5.1.1 <desk@newsroom.example>: Recipient address rejected: User unknown',
            },
          ],
        },
      ],
    });
  });
  it('is known by its envelope, also where the headers of the mail are not returned', async () => {
    const named = bounce()
      .replace(/X-Tongsheng-Delivery.*\r\n/, '')
      .replace('X-Postfix-Queue-ID', 'Original-Envelope-Id: delivery-2\r\nX-Postfix-Queue-ID');
    expect(await hear(named)).toMatchObject({ news: [{ about: { deliveryId: 'delivery-2' } }] });
  });
  it('is the same however often it is handed on, and another one is another', async () => {
    const [first, second] = [await hear(bounce()), await hear(bounce())];
    expect(second.replayKey).toBe(first.replayKey);
    expect((await hear(bounce().replace('4ABD', '4ABE'))).replayKey).not.toBe(first.replayKey);
  });
  it('of those who are only late says nothing', async () => {
    expect(await hear(bounce('delayed'))).toMatchObject({ answer: { status: 200 }, news: [] });
  });
  it('is believed only with the token, and only where one was agreed', async () => {
    expect(await hear(bounce(), { authorization: 'Bearer guessed' })).toMatchObject({
      answer: { status: 401 },
      news: [],
      refused: { because: 'wrong_signature' },
    });
    expect(await hear(bounce(), { expected: false })).toMatchObject({ refused: { because: 'not_expected' } });
  });
  it('that does not say which mail it is about is refused by name', async () => {
    expect(await hear(bounce().replace(/X-Tongsheng-Delivery.*\r\n/, ''))).toMatchObject({
      refused: { because: 'unreadable' },
    });
  });
  it('is not what people answer, and nothing else that is no bounce', async () => {
    for (const body of ['Subject: Re\r\n\r\n收到，谢谢。', '', '\u0000\u0001', '{"a":1}'])
      expect(await hear(body)).toMatchObject({ answer: { status: 200 }, news: [] });
  });
});
