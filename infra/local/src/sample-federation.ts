import { draft, hashOf, sign, signedInPeople } from './sample-publication.ts';
import { asSample } from './sample-session.ts';
import type { Part } from './seed.ts';

/**
 * What a newcomer sees travel: the national site publishes a notice, which stands in the province's queue; the province offers
 * a release upward, which waits for the national answer. Said once, however often it
 * starts.
 * @throws what stood in the way
 */
export const sampleFederation = (consoleUrl: string, part: Part): Promise<void> =>
  // Whoever signs last is there when all are.
  asSample(consoleUrl, 'signer', () => (part === 'national' ? publish(consoleUrl) : offerUpward(consoleUrl)));

async function publish(consoleUrl: string): Promise<void> {
  const people = await signedInPeople(consoleUrl);
  const releaseId = 'sample-national';
  const text = '自下月一日起，纳税人可以在电子税务局一次办结十类高频业务，请各地转载并抓好落实。';
  const title = '国家税务总局关于优化办税服务若干措施的公告（示例）';
  await draft(
    people,
    releaseId,
    { kind: 'press', title, text, rumor: null, channels: ['national-press-mail'] },
    'national',
  );
  await sign(people, releaseId, 'national');
}

async function offerUpward(consoleUrl: string): Promise<void> {
  const people = await signedInPeople(consoleUrl);
  const releaseId = 'sample-upward';
  const title = '全省税务系统推出跨区域通办服务（示例）';
  const text = '全省办税服务厅实行跨区域通办，纳税人在任何一个窗口都可以办理全部业务。';
  await draft(people, releaseId, { kind: 'press', title, text, rumor: null, channels: [] });
  await people.comms.say('sample-upward-offer', {
    type: 'submission.offer',
    site: 'province',
    actingSite: 'province',
    submissionId: 'sample-upward',
    releaseId,
    contentHash: await hashOf(people, releaseId),
    title,
    to: { kind: 'site', site: 'national', name: '国家税务总局网站（示例）' },
    slot: null,
    html: null,
    message: '请总局网站采用。',
    limit: 'P1D',
  });
}
