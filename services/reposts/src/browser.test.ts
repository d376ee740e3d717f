import { startSite } from '@tongsheng/test/support';
import { openGuardedProxy } from '@tongsheng/web';
import { describe, expect, it } from 'vitest';
import { chromiumAt, NoShot, takeShot } from '@tongsheng/browser';

const executable = chromiumAt(undefined);

describe.skipIf(executable === null)('a picture of a page', () => {
  it('shows the whole of it, and the browser reached nobody but who it was allowed to', async () => {
    await using site = await startSite();
    await using inside = await startSite();
    inside.put('/secret', '内部');
    const probes = `<img src="${inside.url}/secret"><script>
      fetch('${inside.url}/secret').catch(() => {});
      fetch('http://localhost:${inside.port}/secret', { mode: 'no-cors' }).catch(() => {});
      new WebSocket('ws://127.0.0.1:${inside.port}/secret');
    </script><iframe src="http://169.254.169.254/latest/meta-data/"></iframe>`;
    site.put(
      '/page',
      `<!doctype html><meta charset="utf-8"><h1>公告</h1><div style="height:3000px">正文</div>${probes}`,
    );
    const allow = [`127.0.0.1:${site.port}`];
    const proxy = await openGuardedProxy({ allow });
    const shot = await takeShot(executable!, `${site.url}/page`, proxy.host);
    await proxy.close();
    expect(shot).toMatchObject({ width: 1_280, whole: true });
    expect(shot.height).toBeGreaterThan(3_000);
    expect(shot.bytes.subarray(8, 12).toString()).toBe('WEBP');
    expect(inside.asked).toEqual([]);
    expect(proxy.refused).toEqual(expect.arrayContaining([`127.0.0.1:${inside.port}`, '169.254.169.254:80']));
  }, 120_000);
  it('is not taken of what does not answer, nor by what is no browser', async () => {
    const proxy = await openGuardedProxy({ allow: ['127.0.0.1:9'] });
    const shot = (by: string) => takeShot(by, 'http://127.0.0.1:9/', proxy.host);
    await expect(shot(executable!)).rejects.toMatchObject({ code: 'unreachable' });
    await expect(shot('/bin/false')).rejects.toMatchObject({ code: 'crashed' });
    await expect(shot('/nowhere/chromium')).rejects.toBeInstanceOf(NoShot);
    await proxy.close();
  }, 120_000);
});
