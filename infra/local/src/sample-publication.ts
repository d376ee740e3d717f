import { setTimeout as wait } from 'node:timers/promises';
import { signIn, type SampleSession } from './sample-session.ts';

const site = 'province';
const minuteMs = 60_000;
const roles = ['comms', 'reviewer', 'confidentiality', 'signer'] as const;
export type People = Record<(typeof roles)[number], SampleSession>;

/**
 * What managers count besides reposts: a rumor that was rebutted, a policy that goes out with its interpretation, and an offer
 * that was answered. What is there from an earlier start is left alone.
 * @throws what stood in the way
 */
export async function samplePublication(consoleUrl: string): Promise<void> {
  const people = await signedInPeople(consoleUrl);
  await rebut(people);
  await speakTogether(people);
  await answerOffer(people);
}

/** The four who take a release through its chain. */
export async function signedInPeople(consoleUrl: string): Promise<People> {
  const signedIn = await Promise.all(roles.map((role) => signIn(consoleUrl, role)));
  return Object.fromEntries(roles.map((role, i) => [role, signedIn[i]!])) as People;
}

async function has({ comms }: People, releaseId: string): Promise<boolean> {
  const { rows } = (await comms.read('/api/releases')) as { rows: { releaseId: string }[] };
  return rows.some((row) => row.releaseId === releaseId);
}

async function rebut(people: People): Promise<void> {
  const { comms } = people;
  const of = { site, rumorCaseId: 'sample-rumor' };
  const releaseId = 'sample-rebuttal';
  if (await has(people, releaseId)) return;
  const claim = '明年起存款利息要缴百分之二十个税（示例）';
  const clue = { claim, seenWhere: '某短视频平台', link: 'https://rumor.example/v/1', reach: '转发三千余次' };
  await comms.say('sample-rumor', { type: 'rumor.report', ...of, clue });
  await comms.say('sample-rumor-facts', {
    type: 'rumor.assess',
    ...of,
    verdict: 'false',
    facts: '现行规定没有变化，储蓄存款利息所得暂免征收个人所得税。',
    basis: '财税〔2008〕132号',
    decision: 'rebut',
  });
  const text = '储蓄存款利息所得暂免征收个人所得税，规定没有变化，请勿轻信。';
  await draft(people, releaseId, {
    kind: 'rebuttal',
    title: '存款利息要缴个税？不实（示例）',
    text,
    rumor: { claim, seenWhere: '某短视频平台', verdict: 'false', rumorCaseId: of.rumorCaseId },
    channels: [`${site}-press-mail`],
  });
  await comms.say('sample-rumor-rebuttal', { type: 'rumor.begin_rebuttal', ...of, releaseId });
  await sign(people, releaseId);
}

/** Planned with time in hand and moved when everything is signed: moving keeps what was signed. */
async function speakTogether(people: People): Promise<void> {
  const { comms } = people;
  const linkedId = 'sample-together';
  const parts = (['policy', 'interpretation'] as const).map((role) => ({ releaseId: `sample-${role}`, site, role }));
  if (await has(people, parts[0]!.releaseId)) return;
  const plan = (minutes: number) => ({
    title: '小微企业减征政策与解读同步发布（示例）',
    parts,
    sites: ['province', 'city'],
    channels: [],
    t0: new Date(Date.now() + minutes * minuteMs).toISOString(),
  });
  await comms.say('sample-together', { type: 'linked.plan', site, linkedId, plan: plan(90), baseRevision: 0 });
  for (const { releaseId, role } of parts) {
    const name = role === 'policy' ? '关于小微企业减征的公告（示例）' : '《关于小微企业减征的公告》解读（示例）';
    const text = role === 'policy' ? '对小微企业减征六税两费。' : '公告自发布之日起施行，符合条件的自动享受。';
    await draft(people, releaseId, {
      kind: role,
      title: name,
      text,
      rumor: null,
      channels: [],
      linked: { site, linkedId },
    });
    await sign(people, releaseId);
  }
  const path = `/api/linked/${linkedId}?site=${site}`;
  for (let n = 0; n < looks.most; n++) {
    const { row } = (await comms.read(path)) as { row: { revision: number; sealedAt: string | null } };
    if (row.sealedAt !== null) {
      const moved = { type: 'linked.plan', site, linkedId, plan: plan(1), baseRevision: row.revision };
      return comms.say('sample-together-moved', moved);
    }
    await wait(looks.everyMs);
  }
}
/** How often it is looked at, and how long between, in ms. */
const looks = { most: 120, everyMs: 500 };

async function answerOffer(people: People): Promise<void> {
  const { comms } = people;
  const releaseId = 'sample-offered';
  if (await has(people, releaseId)) return;
  const text = '全市办税服务厅增设“办不成事”反映窗口。';
  await draft(
    people,
    releaseId,
    { kind: 'press', title: '市局增设反映窗口（示例）', text, rumor: null, channels: [] },
    'city',
  );
  const of = { site: 'city', submissionId: 'sample-answered' };
  await comms.say('sample-answered', {
    type: 'submission.offer',
    ...of,
    actingSite: 'city',
    releaseId,
    contentHash: await hashOf(people, releaseId, 'city'),
    title: '市局增设反映窗口（示例）',
    to: { kind: 'site', site, name: '某省税务局网站（示例）' },
    slot: new Date(Date.now() + 24 * 60 * minuteMs).toISOString(),
    html: null,
    message: '请省局网站采用。',
    limit: 'P1D',
  });
  await comms.say('sample-answered-seen', { type: 'submission.acknowledge', ...of, actingSite: site });
  const reason = '本周版面已满，请下周再报。';
  await comms.say('sample-answered-no', { type: 'submission.decline', ...of, actingSite: site, reason });
}

type Text = {
  kind: string;
  title: string;
  text: string;
  rumor: object | null;
  channels: string[];
  linked?: { site: string; linkedId: string };
};

export async function draft({ comms }: People, releaseId: string, { text, ...of }: Text, at = site): Promise<void> {
  const written = { ...of, summary: text, html: `<p>${text}</p>` };
  await comms.say(`${releaseId}/draft`, {
    type: 'release.draft',
    site: at,
    releaseId,
    draft: written,
    baseRevision: 0,
  });
}

export async function hashOf({ comms }: People, releaseId: string, at = site): Promise<string> {
  const { row } = (await comms.read(`/api/releases/${releaseId}?site=${at}`)) as { row: { contentHash: string } };
  return row.contentHash;
}

export async function sign(people: People, releaseId: string, at = site): Promise<void> {
  const { comms, reviewer, confidentiality, signer } = people;
  const seen = { site: at, releaseId, seenHash: await hashOf(people, releaseId, at) };
  await comms.say(`${releaseId}/submit`, { type: 'release.submit', ...seen });
  await reviewer.say(`${releaseId}/review`, { type: 'release.pass_step', ...seen, step: 'review' });
  await confidentiality.say(`${releaseId}/secrets`, { type: 'release.pass_step', ...seen, step: 'confidentiality' });
  await signer.say(`${releaseId}/sign`, { type: 'release.pass_step', ...seen, step: 'sign' });
}
