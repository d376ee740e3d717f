import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { alarmMeans, contact, meansOwnerOf, withMeansSecrets, type AlarmMeans } from '@tongsheng/contracts';
import { HandTime, startDingTalkFake, startFeishuFake, startWeComFake } from '@tongsheng/fakes';
import { SecretBox } from '@tongsheng/runtime';
import { minutesLater, noon } from '@tongsheng/test/support';
import { SMTPServer } from 'smtp-server';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it } from 'vitest';
import { email } from './email.ts';
import type { Telling } from './means.ts';
import { robot } from './robots.ts';
import { sms } from './sms.ts';
import { webhook } from './webhook.ts';

const secret = `whsec_${Buffer.from('a secret of twenty-four!').toString('base64')}`;
const secrets = new SecretBox([{ id: 'k1', key: Buffer.alloc(32, 1) }]);
const closings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0)) await close();
});

const telling = (of: Record<string, unknown> | null): Telling => ({
  name: 'alarm.7.feng.email',
  people: [{ personId: 'feng', name: '冯值班', contact: of ? contact.parse({ personId: 'feng', ...of }) : undefined }],
  site: 'province',
  at: noon,
  notice: {
    about: {
      kind: 'task',
      taskId: 'task',
      share: 90,
      title: '关于示例的公告',
      sourceName: '国家税务总局网站',
      startsAt: noon,
      dueAt: minutesLater(72),
    },
    siteName: '某省税务局网站',
    at: new Date().toISOString(),
    link: 'https://console.example/reposts/province/task',
    before: [],
    next: null,
  },
});

async function endpoint(listener: RequestListener): Promise<{ url: string; allow: string[] }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closings.push(() => new Promise((resolve) => server.close(resolve)));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: `http://${host}/hook`, allow: [host] };
}

describe('a signed call', () => {
  it('says whom, what and where, and is one that the receiver can check', async () => {
    const calls: unknown[] = [];
    const { url, allow } = await endpoint((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        calls.push([
          request.headers['webhook-id'],
          new Webhook(secret).verify(body, request.headers as Record<string, string>),
        ]);
        response.writeHead(204).end();
      });
    });
    const ended = await webhook({ allow, secrets })(telling({ webhook: { url, secret } }));
    expect(ended).toEqual({ outcome: 'confirmed', detail: 'HTTP 204', again: false });
    expect(calls).toMatchObject([
      [
        'alarm.7.feng.email',
        {
          type: 'alarm.told',
          timestamp: noon,
          data: {
            title: expect.stringContaining('关于示例的公告'),
            to: { name: '冯值班' },
            link: 'https://console.example/reposts/province/task',
          },
        },
      ],
    ]);
  });
  it('is signed with what was sealed for this person, and not made with what does not open', async () => {
    const heard: unknown[] = [];
    const { url, allow } = await endpoint((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        heard.push(new Webhook(secret).verify(body, request.headers as Record<string, string>));
        response.writeHead(204).end();
      });
    });
    const call = (owner: string) =>
      webhook({ allow, secrets })(telling({ webhook: { url, secret: secrets.seal(secret, owner, noon) } }));
    expect(await call('contact/feng')).toMatchObject({ outcome: 'confirmed' });
    expect(await call('contact/chu')).toMatchObject({ outcome: 'failed', again: false });
    expect(heard).toHaveLength(1);
  });
  it.each([
    [500, true],
    [429, true],
    [410, false],
    [302, false],
  ])('that is answered %i is tried again: %s', async (status, again) => {
    const { url, allow } = await endpoint((_, response) => response.writeHead(status).end());
    const ended = await webhook({ allow, secrets })(telling({ webhook: { url, secret } }));
    expect(ended).toEqual({ outcome: 'failed', detail: `HTTP ${status}`, again });
  });
  it('needs somewhere to go, and never reaches into our own network', async () => {
    expect(await webhook({ allow: [], secrets })(telling({}))).toMatchObject({ outcome: 'failed', again: false });
    const inside = { url: 'http://169.254.169.254/latest', secret };
    expect(await webhook({ allow: [], secrets })(telling({ webhook: inside }))).toMatchObject({
      outcome: 'failed',
      again: false,
    });
  });
});

describe('a mail', () => {
  it('is to one person, and a second copy has the same Message-ID', async () => {
    const mails: string[] = [];
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData(stream, _, done) {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          mails.push(Buffer.concat(chunks).toString('utf8'));
          done();
        });
      },
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closings.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
    const host = `127.0.0.1:${(server.server.address() as AddressInfo).port}`;
    const send = email({ smtp: `smtp://${host}`, from: 'duty@tax.example', allow: [host] });
    for (const _ of [1, 2])
      expect(await send(telling({ email: 'feng@tax.example' }))).toMatchObject({ outcome: 'confirmed' });
    expect(mails.map((mail) => /^Message-ID: (.*)$/m.exec(mail)?.[1]?.trim())).toEqual(
      Array(2).fill('<alarm.7.feng.email@tongsheng>'),
    );
    expect(mails[0]).toMatch(/^To: feng@tax\.example$/m);
  });
  it('needs an address and a mail server, and says which is missing', async () => {
    const send = email({ smtp: undefined, from: 'duty@tax.example', allow: [] });
    expect(await send(telling({}))).toMatchObject({ outcome: 'failed', detail: '没有登记邮箱', again: false });
    expect(await send(telling({ email: 'feng@tax.example' }))).toMatchObject({
      outcome: 'failed',
      detail: expect.stringContaining('DUTY_SMTP'),
    });
  });
  it('is tried again when nobody listens', async () => {
    const send = email({ smtp: 'smtp://127.0.0.1:9', from: 'duty@tax.example', allow: ['127.0.0.1:9'] });
    expect(await send(telling({ email: 'feng@tax.example' }))).toMatchObject({ outcome: 'failed', again: true });
  });
});

/** As it is registered: with its secrets sealed. */
const registered = (kind: AlarmMeans['kind'], settings: Record<string, unknown>) => {
  const means = alarmMeans.parse({ site: '*', kind, name: '值班', settings });
  const sealed = withMeansSecrets(means, (value) => secrets.seal(value, meansOwnerOf(means), noon));
  return async () => sealed;
};

describe('a text message', () => {
  it('is written as the gateway wants it, and is taken only when it says so', async () => {
    const bodies: unknown[] = [];
    let answer = '{"code":0}';
    const { url, allow } = await endpoint((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        bodies.push([request.url, request.headers['authorization'], JSON.parse(body)]);
        response.end(answer);
      });
    });
    const gateway = registered('sms', {
      url: `${url}?to={phone}`,
      authorization: 'Bearer {secret}',
      secret: 'a key of ours',
      body: '{"to":"{phone}","msg":"{text}","ref":"{id}"}',
      accepts: '"code":0',
    });
    const tell = sms({ allow, secrets }, gateway);
    expect(await tell(telling({ phone: '0571-0000 0001' }))).toMatchObject({ outcome: 'confirmed', again: false });
    expect(bodies).toEqual([
      [
        '/hook?to=057100000001',
        'Bearer a key of ours',
        {
          to: '057100000001',
          msg: expect.stringMatching(/^【值班告警】.*关于示例的公告 https:\/\/console.example/),
          ref: 'alarm.7.feng.email',
        },
      ],
    ]);
    answer = '{"code":9,"for":"a key of ours"}';
    expect(await tell(telling({ phone: '13800000000' }))).toEqual({
      outcome: 'failed',
      detail: 'HTTP 200 {"code":9,"for":"***"}',
      again: false,
    });
  });
  it('is a form where the gateway wants one', async () => {
    const bodies: string[] = [];
    const { url, allow } = await endpoint((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        bodies.push(body);
        response.end('ok');
      });
    });
    const form = { contentType: 'application/x-www-form-urlencoded', body: 'key={secret}&to={phone}&text={text}' };
    const tell = sms({ allow, secrets }, registered('sms', { url, ...form, secret: 'a&b' }));
    expect(await tell(telling({ phone: '13800000000' }))).toMatchObject({ outcome: 'confirmed' });
    expect(Object.fromEntries(new URLSearchParams(bodies[0]))).toMatchObject({ key: 'a&b', to: '13800000000' });
  });
  it('whose end nobody knows is not sent again', async () => {
    const { url, allow } = await endpoint((_, response) => void response.writeHead(502).end('bad gateway'));
    const tell = sms({ allow, secrets }, registered('sms', { url }));
    expect(await tell(telling({ phone: '13800000000' }))).toMatchObject({ outcome: 'unknown', again: false });
  });
  it('fails without a number, without a gateway, and without its key, and says which', async () => {
    const without = sms({ allow: [], secrets }, async () => undefined);
    expect(await without(telling({ phone: '13800000000' }))).toMatchObject({
      detail: '没有登记短信网关（值班 → 告警方式）',
    });
    const gateway = registered('sms', { url: 'https://sms.example', secret: 'a key' });
    expect(await sms({ allow: [], secrets }, gateway)(telling({}))).toMatchObject({
      detail: '没有登记能收短信的号码',
    });
    const others = new SecretBox([{ id: 'k2', key: Buffer.alloc(32, 2) }]);
    expect(await sms({ allow: [], secrets: others }, gateway)(telling({ phone: '13800000000' }))).toMatchObject({
      outcome: 'failed',
      detail: expect.stringContaining('无法解密'),
    });
  });
});

describe('a robot', () => {
  const time = () => new HandTime(noon);
  const starts = {
    wecom: async () => {
      const fake = await startWeComFake({}, { time: time() });
      const key = new URL(fake.access['Webhook地址']!).searchParams.get('key');
      return { fake, settings: { server: fake.url, key } };
    },
    dingtalk: async () => {
      const fake = await startDingTalkFake({ keywords: ['值班告警'] }, { time: time() });
      const token = new URL(fake.access['Webhook地址']!).searchParams.get('access_token');
      return { fake, settings: { server: fake.url, token, secret: fake.access['加签密钥'] } };
    },
    feishu: async () => {
      const fake = await startFeishuFake({ keywords: ['值班告警'] }, { time: time() });
      const token = fake.access['Webhook地址']!.split('/hook/')[1];
      return { fake, settings: { server: fake.url, token, secret: fake.access['签名密钥'] } };
    },
  };
  const begin = async (kind: keyof typeof starts, more: object = {}) => {
    const { fake, settings } = await starts[kind]();
    closings.push(() => fake.stop());
    const relay = { allow: [`127.0.0.1:${fake.port}`], secrets };
    return { fake, tell: robot(kind, relay, registered(kind, { ...settings, ...more })) };
  };
  const both = (): Telling => {
    const one = telling({ phone: '13800000000' });
    return {
      ...one,
      people: [...one.people, { personId: 'chu', name: '褚值班', contact: undefined }],
      notice: { ...one.notice, at: noon },
    };
  };

  it.each(['wecom', 'dingtalk', 'feishu'] as const)(
    'of %s calls everybody of a step by one message, signed with what was sealed, with its keyword and its name in it',
    async (kind) => {
      const { fake, tell } = await begin(kind);
      expect(await tell(both())).toMatchObject({ outcome: 'confirmed', again: false });
      const [post, ...others] = fake.posts();
      expect(others).toEqual([]);
      const said = `${post!.title}\n${post!.text}`;
      for (const words of ['【值班告警】', '关于示例的公告', '请 冯值班、褚值班 接手', '[值班告警 alarm.7.feng.email]'])
        expect(said).toContain(words);
    },
  );
  it('that is told apart: busy is tried again, too fast and not let in are not, and what may have been heard is unknown', async () => {
    const { fake, tell } = await begin('wecom');
    fake.fault({ kind: 'code', code: -1 });
    expect(await tell(both())).toMatchObject({ outcome: 'failed', again: true });
    fake.fault({ kind: 'code', code: 45009 });
    expect(await tell(both())).toMatchObject({ outcome: 'failed', again: false });
    fake.fault({ kind: 'drop', executed: true });
    expect(await tell(both())).toMatchObject({ outcome: 'unknown', again: false });
    fake.act('setRobot', { isThere: false });
    expect(await tell(both())).toMatchObject({
      outcome: 'failed',
      detail: expect.stringContaining('93000'),
      again: false,
    });
  });
  it('with another secret is not let in, and where none is registered the ladder is told so', async () => {
    const { tell } = await begin('dingtalk', { secret: 'SEC-of-another-robot' });
    expect(await tell(both())).toMatchObject({ outcome: 'failed', detail: expect.stringContaining('310000') });
    expect(await robot('feishu', { allow: [], secrets }, async () => undefined)(both())).toMatchObject({
      outcome: 'failed',
      detail: '没有登记飞书机器人（值班 → 告警方式）',
    });
  });
});
