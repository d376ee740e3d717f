import { BusClient, asFront, connectBus } from '@tongsheng/bus';
import { correctionIntake, CorrectionFigures, type CorrectionIntake } from '@tongsheng/contracts';

const page = (title: string) => ({ title, url: null, document: null });
const samples: CorrectionIntake[] = [
  {
    ask: 'report',
    site: 'province',
    page: page('办税地图（示例）'),
    text: '办税地图页面的“市南区办税厅”电话是空号，应改为 12366。',
    email: 'wang@example.com',
  },
  {
    ask: 'report',
    site: 'province',
    page: page('小微企业税费优惠政策指引（示例）'),
    text: '第二段“增值锐”有错别字，应为“增值税”。',
    email: null,
  },
  {
    ask: 'report',
    site: 'city',
    page: page('社保缴费指南（示例）'),
    text: '社保缴费指南里的链接打不开，提示 404。',
    email: null,
  },
];

/** Reports of netizens for a newcomer to answer; brought in as the portal does, and only where nobody ever reported anything. */
export async function reportSamples(portalUrl: string): Promise<void> {
  const bus = await connectBus({ url: portalUrl, name: 'samples', ...asFront });
  try {
    const house = new BusClient(bus);
    const ask = (question: CorrectionIntake) => house.ask(correctionIntake, question);
    const { total } = CorrectionFigures.parse(await ask({ ask: 'figures' }));
    if (total.received > 0) return;
    for (const sample of samples) await ask(sample);
  } finally {
    await bus.close();
  }
}
