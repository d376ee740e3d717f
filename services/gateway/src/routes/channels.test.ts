import type { Entry } from '@tongsheng/bus';
import type { ChannelRegistered } from '@tongsheng/contracts';
import { minutesLater, noon } from '@tongsheng/test/support';
import { expect, it } from 'vitest';
import { settersOf } from './channels.ts';

const entry = (minutes: number, who: string, secret: string, more: { resealed?: true } = {}) =>
  ({
    envelope: { time: minutesLater(minutes), actor: { kind: 'person', id: who, name: who } },
    events: [
      {
        type: 'channel.registered',
        channel: {
          channelId: 'hook',
          name: '融媒体',
          site: 'province',
          paused: false,
          kind: 'webhook',
          settings: { url: 'https://media.example/hooks', secret },
        },
        ...more,
      },
    ],
  }) as unknown as Entry<ChannelRegistered>;
const setter = (...entries: Entry<ChannelRegistered>[]) => {
  const { time, actor } = settersOf(entries).get('secret')!;
  return [time, actor.name];
};

it('who set a secret is who brought it, whatever else was registered since', () => {
  const first = entry(0, '吴', 'sealed one');
  expect(setter(first, entry(5, '冯', 'sealed one'))).toEqual([noon, '吴']);
  expect(setter(first, entry(5, '冯', 'sealed two'))).toEqual([minutesLater(5), '冯']);
});

it('another key over a secret is not another secret', () => {
  const first = entry(0, '吴', 'sealed one');
  const resealed = entry(5, 'ctl', 'sealed anew', { resealed: true });
  expect(setter(first, resealed, entry(6, '冯', 'sealed anew'))).toEqual([noon, '吴']);
  expect(setter(first, resealed, entry(6, '冯', 'sealed two'))).toEqual([minutesLater(6), '冯']);
});
