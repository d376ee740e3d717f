import { asSample, type SampleSession } from './sample-session.ts';

const draft = {
  kind: 'press',
  title: '市税务局推出便民办税十项措施（示例）',
  summary: '延时服务、预约办税、跨省通办。',
  html: '<p>自下月一日起，全市办税服务厅推行延时服务，节假日可以预约。</p><p>纳税人可在网上预约任何一个窗口的时间，也可以跨省办理十类业务。</p>',
  rumor: null,
  channels: [],
};
const releaseId = 'sample-measures';
const dayMs = 24 * 3_600_000;
/** Ten in the morning in Beijing, tomorrow. */
const tomorrow = () => new Date(Math.floor(Date.now() / dayMs) * dayMs + dayMs + 2 * 3_600_000).toISOString();

/** A release of the city that waits for the province's answer, for a newcomer to try; said once, however often it starts. */
export const offerSample = (consoleUrl: string): Promise<void> => asSample(consoleUrl, 'comms', offer);

async function offer({ read, say }: SampleSession): Promise<void> {
  await say('sample-measures', { type: 'release.draft', site: 'city', releaseId, draft, baseRevision: 0 });
  const { row } = (await read(`/api/releases/${releaseId}?site=city`)) as { row: { contentHash: string } };
  await say('sample-offer', {
    type: 'submission.offer',
    site: 'city',
    actingSite: 'city',
    submissionId: 'sample-offer',
    releaseId,
    contentHash: row.contentHash,
    title: draft.title,
    to: { kind: 'site', site: 'province', name: '某省税务局网站（示例）' },
    slot: tomorrow(),
    html: null,
    message: '拟请省局网站同步发布，时间可商。',
    limit: 'P1D',
  });
}
