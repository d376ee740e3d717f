import { setTimeout as wait } from 'node:timers/promises';
import { demoPassword } from './seed.ts';

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

/** People and services are there a moment after the door is; more wrong sign-ins than these would lock it. */
const tries = { most: 6, everyMs: 1_000 };

/**
 * A release of the city that waits for the province's answer, for a newcomer to try; said once, however often it starts.
 * @throws what stood in the way at the last try
 */
export async function offerSample(consoleUrl: string): Promise<void> {
  for (let n = 1; ; n++) {
    try {
      return await offer(consoleUrl);
    } catch (error) {
      if (n === tries.most) throw error;
      await wait(tries.everyMs);
    }
  }
}

async function offer(consoleUrl: string): Promise<void> {
  const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const answer = await fetch(`${consoleUrl}${path}`, init);
    if (!answer.ok) throw new Error(`${path}: HTTP ${answer.status} ${await answer.text()}`);
    return answer;
  };
  const json = { 'content-type': 'application/json' };
  const person = JSON.stringify({ personId: 'comms', password: demoPassword });
  const session = await ask('/api/session', { method: 'POST', headers: json, body: person });
  const { csrfToken } = (await session.json()) as { csrfToken: string };
  const cookie = session.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ');
  const say = async (key: string, command: Record<string, unknown>): Promise<void> => {
    const headers = { ...json, cookie, 'x-csrf-token': csrfToken, 'idempotency-key': key };
    await ask('/api/commands', { method: 'POST', headers, body: JSON.stringify(command) });
  };
  await say('sample-measures', { type: 'release.draft', site: 'city', releaseId, draft, baseRevision: 0 });
  const release = await ask(`/api/releases/${releaseId}?site=city`, { headers: { cookie } });
  const { row } = (await release.json()) as { row: { contentHash: string } };
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
