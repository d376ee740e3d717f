import { register } from 'prom-client';
import { expect, it } from 'vitest';
import { LiveGauge } from './live-gauge.ts';

it('tells what stands at the scrape: of equal labels the largest, of what can’t be read nothing, and that is counted', async () => {
  const gauge = new LiveGauge({ name: 'tongsheng_test_waiting', help: 'waiting', labels: ['lane'] });
  let waiting = 3;
  gauge.tellOne({ lane: 'urgent' }, () => waiting);
  const end = gauge.tellOne({ lane: 'urgent' }, () => 5);
  gauge.tell(() => Promise.reject(new Error('away')));
  const told = async () => (await register.metrics()).split('\n').filter((line) => !line.startsWith('#'));
  expect(await told()).toContain('tongsheng_test_waiting{lane="urgent"} 5');
  end();
  waiting = 4;
  const lines = await told();
  expect(lines).toContain('tongsheng_test_waiting{lane="urgent"} 4');
  expect(lines.find((line) => line.startsWith('tongsheng_scrape_failures_total'))).toMatch(/waiting"} \d$/);
});
