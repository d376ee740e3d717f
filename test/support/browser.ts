import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { demoPassword } from '@tongsheng/local';
import type { AxeResults } from 'axe-core';
import { chromium, type Browser, type Page } from 'playwright-core';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A real Chromium, without a window: `CHROMIUM`, or the machine's own. */
export function startBrowser(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM'] ?? places.find((place) => existsSync(place));
  if (!executablePath) throw new Error('no Chromium; install it, or name it with CHROMIUM');
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

export type Screen = {
  page: Page;
  /** What the page threw or reported as an error; answers of 4xx are no errors of the page. */
  errors: string[];
};

/** A browser session of its own, as an office PC: 1366 × 768, Chinese, Beijing time. Nothing fades: a colour is what it is. */
export async function openScreen(browser: Browser, url: string): Promise<Screen> {
  const context = await browser.newContext({
    viewport: { width: 1366, height: 768 },
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) errors.push(message.text());
  });
  await page.goto(url);
  return { page, errors };
}

/** Signs in by hand, with the demonstration's password. */
export async function enter({ page }: Screen, personId: string): Promise<void> {
  await page.fill('input[name=personId]', personId);
  await page.fill('input[name=password]', demoPassword);
  await page.click('button[type=submit]');
  await page.getByTestId('me').waitFor();
}

const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Saves what a person sees, as `<name>.png` in the folder that PICTURES names; without one, nothing. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['PICTURES'];
  if (folder) await page.screenshot({ path: `${folder}/${name}.png` });
}

/** What axe finds wrong with a page, by WCAG 2.2 AA and its best practice; `within` is a selector. Frames are not entered. */
export async function barriersOf(page: Page, within = 'html'): Promise<string[]> {
  if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(axeSource);
  // What it found well is most of what it finds, and takes as long to write down.
  const options = { runOnly: standards, iframes: false, resultTypes: ['violations'] };
  const run = `axe.run(${JSON.stringify(within)}, ${JSON.stringify(options)}).then(({ violations }) => violations)`;
  const violations = await page.evaluate<AxeResults['violations']>(run);
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}
