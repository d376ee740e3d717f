import { keptSecret } from '@tongsheng/contracts';
import { describe, expect, it } from 'vitest';
import { roomsZh as zh } from '../words/rooms-zh.ts';
import { blankChannel, draftOf, fieldsOfKind, kindsOfChannel, problemsOf, registrationOf } from './channel-draft.ts';

const none: ReadonlySet<string> = new Set();
const mail = {
  channelId: 'province-mail',
  name: '媒体邮件组',
  site: 'province',
  kind: 'email',
  paused: false,
  settings: {
    smtp: 'smtps://mail.example:465',
    user: 'press',
    password: { secret: true, setAt: '2026-11-23T04:05:06.000Z' },
    from: 'press@tax.example',
    to: ['a@paper.example', 'b@paper.example'],
  },
};

describe('a channel as its form has it', () => {
  it('is registered as it was, with a secret kept that nobody was shown', () => {
    const draft = draftOf(mail)!;
    expect(draft.fields['password']).toBe('');
    expect(registrationOf(draft, { paused: false })).toEqual({
      ...mail,
      settings: { ...mail.settings, password: keptSecret },
    });
    expect(problemsOf(draft, none)).toEqual([]);
  });
  it('says everything that is missing at once, by its field', () => {
    const draft = { ...blankChannel('sftp', 'province'), channelId: 'a b' };
    expect(
      problemsOf(draft, none)
        .map(({ field }) => field)
        .toSorted(),
    ).toEqual(['address', 'channelId', 'hostKey', 'name', 'user'].toSorted());
    expect(problemsOf(draftOf(mail)!, new Set(['province-mail'])).map(({ field }) => field)).toEqual(['channelId']);
  });
  it('can be drawn for every kind, with a word for every field', () => {
    for (const kind of kindsOfChannel)
      for (const { name } of fieldsOfKind(kind)) expect(Object.keys(zh), kind).toContain(`setting.${name}`);
  });
});
