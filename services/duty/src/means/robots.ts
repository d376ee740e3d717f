import type { AlarmMeans } from '@tongsheng/contracts';
import {
  dingtalkAddress,
  dingtalkRobot,
  feishuAddress,
  feishuRobot,
  feishuSigned,
  speak,
  wecomAddress,
  wecomRobot,
  type Handed,
} from '@tongsheng/robots';
import { groupLines, type GroupLines } from '../message.ts';
import type { Ended, MeansOfTelling, Registered, Relay } from './means.ts';
import { opened } from './registered.ts';

const timeoutMs = 10_000;

type RobotKind = Exclude<AlarmMeans['kind'], 'sms'>;
type RobotMeans = Extract<AlarmMeans, { kind: RobotKind }>;

/** A group's robot: one message for everybody whom the step means. Nobody can be asked what it has said, so it says nothing twice. */
export const robot =
  (kind: RobotKind, { allow, secrets }: Pick<Relay, 'allow' | 'secrets'>, registered: Registered): MeansOfTelling =>
  async ({ name, people, site, notice }) => {
    const means = opened(kind, await registered(kind, site), secrets);
    if ('outcome' in means) return means;
    const names = people.map((person) => person.name);
    const phones = people.flatMap(({ contact }) => (contact?.phone ? [contact.phone.replaceAll(/[\s-]/g, '')] : []));
    const mobiles = phones.filter((phone) => /^1\d{10}$/.test(phone));
    return sayInGroup(means, { ...groupLines(notice, names, name), mobiles }, Date.parse(notice.at), allow);
  };

/** @param means with its secrets open. @param at in ms: signatures are for the present */
export async function sayInGroup(
  means: RobotMeans,
  message: GroupLines & { mobiles: readonly string[] },
  at: number,
  allow: readonly string[],
): Promise<Ended> {
  return endedAs(await said(means, message, at, { allow, timeoutMs }));
}

function said(
  means: RobotMeans,
  { lines, link, mobiles }: GroupLines & { mobiles: readonly string[] },
  at: number,
  tools: { allow: readonly string[]; timeoutMs: number },
): Promise<Handed> {
  const content = [...lines, link].join('\n');
  switch (means.kind) {
    case 'wecom': {
      const text = { content, ...(mobiles.length > 0 && { mentioned_mobile_list: mobiles }) };
      return speak(wecomRobot, wecomAddress(means.settings), { msgtype: 'text', text }, tools);
    }
    case 'dingtalk': {
      const message = { msgtype: 'text', text: { content }, at: { atMobiles: mobiles, isAtAll: false } };
      return speak(dingtalkRobot, dingtalkAddress(means.settings, at), message, tools);
    }
    case 'feishu': {
      // Parts say themselves what they are: in its plain text an `<at …>` would call the whole group.
      const [title = '', ...rest] = lines;
      const paragraphs = rest.map((text) => [{ tag: 'text', text }]);
      const post = { zh_cn: { title, content: [...paragraphs, [{ tag: 'a', text: link, href: link }]] } };
      const message = { ...feishuSigned(means.settings, at), msg_type: 'post', content: { post } };
      return speak(feishuRobot, feishuAddress(means.settings), message, tools);
    }
  }
}

function endedAs({ outcome, detail, trouble }: Handed): Ended {
  switch (outcome) {
    case 'confirmed':
      return { outcome: 'confirmed', detail, again: false };
    case 'unknown':
      return { outcome: 'unknown', detail, again: false };
    case 'not_sent':
      return { outcome: 'failed', detail, again: true };
    case 'rejected_retryable':
      // Who is too fast is left alone for minutes: the ladder goes on without it.
      return { outcome: 'failed', detail, again: trouble === 'busy' };
    case 'rejected_permanent':
      return { outcome: 'failed', detail, again: false };
  }
}
