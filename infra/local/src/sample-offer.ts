import { demoPassword } from './seed.ts';

const draft = {
  kind: 'press',
  title: '市税务局推出便民办税十项措施（示例）',
  summary: '延时服务、预约办税、跨省通办。',
  html: '<p>自下月一日起，全市办税服务厅推行延时服务，节假日可以预约。</p><p>纳税人可在网上预约任何一个窗口的时间，也可以跨省办理十类业务。</p>',
  rumor: null,
  channels: [],
};
const dayMs = 24 * 3_600_000;
/** Ten in the morning in Beijing, tomorrow. */
const tomorrow = () => new Date(Math.floor(Date.now() / dayMs) * dayMs + dayMs + 2 * 3_600_000).toISOString();

/** A release of the city that waits for the province's answer, for a newcomer to try; said once, however often it starts. */
export async function offerSample(consoleUrl: string): Promise<void> {
  const answer = await fetch(`${consoleUrl}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ personId: 'comms', password: demoPassword }),
  });
  if (!answer.ok) return;
  const { csrfToken } = (await answer.json()) as { csrfToken: string };
  const cookie = answer.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ');
  const say = async (key: string, command: Record<string, unknown>): Promise<void> => {
    await fetch(`${consoleUrl}/api/commands`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie, 'x-csrf-token': csrfToken, 'idempotency-key': key },
      body: JSON.stringify(command),
    });
  };
  const contentHash = async (): Promise<string | null> => {
    const release = await fetch(`${consoleUrl}/api/releases/${releaseId}?site=city`, { headers: { cookie } });
    if (!release.ok) return null;
    return ((await release.json()) as { row: { contentHash: string } }).row.contentHash;
  };
  const releaseId = 'sample-measures';
  await say('sample-measures', { type: 'release.draft', site: 'city', releaseId, draft, baseRevision: 0 });
  let hash = await contentHash();
  for (let tries = 0; hash === null && tries < 50; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    hash = await contentHash();
  }
  if (hash === null) return;
  await say('sample-offer', {
    type: 'submission.offer',
    site: 'city',
    actingSite: 'city',
    submissionId: 'sample-offer',
    releaseId,
    contentHash: hash,
    title: draft.title,
    to: { kind: 'site', site: 'province', name: '某省税务局网站（示例）' },
    slot: tomorrow(),
    html: null,
    message: '拟请省局网站同步发布，时间可商。',
    limit: 'P1D',
  });
}
