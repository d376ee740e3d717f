import { asSample, type SampleSession } from './sample-session.ts';

const site = 'province';
const incidentId = 'sample-fake-site';

/** An incident that is being worked on, and a drill, for a newcomer to try; said once, however often it starts. */
export const busySampleDuty = (consoleUrl: string): Promise<void> => asSample(consoleUrl, 'duty', work);

async function work({ say }: SampleSession): Promise<void> {
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  const of = { site, incidentId };
  await say('sample-incident', {
    type: 'incident.open',
    ...of,
    origin: { from: 'person' },
    facts: {
      kind: 'fake_site',
      severity: 'serious',
      title: '假冒省局网站套取纳税人信息（示例）',
      noticed: '12366 热线接到群众反映：有网站仿冒省局网站首页，要求填写银行卡号。',
      noticedAt: minutesAgo(40),
      url: 'http://fake-tax.example/login',
    },
  });
  await say('sample-incident-note', {
    type: 'incident.note',
    ...of,
    entryId: 'sample-note',
    entry: 'done',
    text: '已截图固定证据，并在省局网站首页发布防骗提示。',
    happenedAt: minutesAgo(25),
  });
  await say('sample-incident-refer', {
    type: 'incident.refer',
    ...of,
    referralId: 'sample-referral',
    referral: {
      authority: 'police',
      office: '某省公安厅网络安全保卫总队（示例）',
      contact: '张警官 0571-0000 0110',
      text: '移送仿冒网站线索一件，附截图。',
      referredAt: minutesAgo(10),
    },
  });
  await say('sample-drill-begin', {
    type: 'drill.begin',
    drillId: 'sample-drill',
    site,
    on: 'share_100',
    scenario: '夜间首页疑似被篡改（示例）',
  });
}
