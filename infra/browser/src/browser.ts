import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { z } from 'zod';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Where Chromium is: where `CHROMIUM` says, or where distributions put it; null where there is none. */
export const chromiumAt = (named: string | undefined): string | null =>
  [...(named ? [named] : places)].find((place) => existsSync(place)) ?? null;

export type Shot = { bytes: Buffer; width: number; height: number; whole: boolean };

/** The browser did not take the picture; `code` is what is said of it. */
export class NoShot extends Error {
  constructor(
    readonly code: 'timeout' | 'unreachable' | 'crashed',
    detail: string,
  ) {
    super(detail);
  }
}

const profiles = 'tongsheng-shot-';
const width = 1_280;
/** Longer pages are cut: no government page of a screen's width needs more. */
const tallest = 12_000;
/** How long a page may load; what it shows by then is what a citizen would see. In ms. */
const loadMs = 15_000;
const totalMs = 40_000;
/** What scripts of a page may hold, in MB. */
const heapMb = 256;

/**
 * A picture of a page by a browser of its own: its profile is thrown away, it has nothing of our environment, and it
 * reaches the world by the given proxy alone. Names are not looked up by it, QUIC and WebRTC, which go past proxies, are
 * off, and the loopback is no exception. @throws NoShot
 */
export const takeShot = (executable: string, url: string, proxy: string): Promise<Shot> =>
  inBrowser(executable, proxy, (browser) => picture(browser, url));

/**
 * An A4 document of a page of ours, with the number of each sheet at its foot. It reaches nothing: what is to be seen is in
 * the page. @throws NoShot
 */
export const printPdf = (executable: string, page: string): Promise<Buffer> =>
  inBrowser(executable, nowhere, (browser) => sheets(browser, page));

/** Port 9 of the loopback discards; nothing of ours listens there. */
const nowhere = '127.0.0.1:9';

async function inBrowser<T>(
  executable: string,
  proxy: string,
  work: (browser: ChildProcess) => Promise<T>,
): Promise<T> {
  const profile = await mkdtemp(join(tmpdir(), profiles));
  const browser = spawn(executable, argumentsFor(profile, proxy), {
    // A group of its own, so that its helpers end with it.
    detached: true,
    env: { PATH: '/usr/bin:/bin', HOME: profile, LANG: 'zh_CN.UTF-8', TZ: 'Asia/Shanghai' },
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  giveWay(browser);
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new NoShot('timeout', `not done within ${totalMs} ms`)), totalMs);
  try {
    return await Promise.race([work(browser), late.promise]);
  } finally {
    clearTimeout(timer);
    await end(browser);
    await rm(profile, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Profiles of browsers whose service was killed; the browsers ended with it. */
export async function sweepProfiles(olderThanMs: number): Promise<void> {
  const names = await readdir(tmpdir());
  for (const name of names.filter((each) => each.startsWith(profiles))) {
    const place = join(tmpdir(), name);
    const { mtimeMs, uid } = await stat(place);
    const isLeft = uid === process.getuid?.() && Date.now() - mtimeMs > olderThanMs;
    if (isLeft) await rm(place, { recursive: true, force: true });
  }
}

/** A picture can wait for everything else on the machine. */
function giveWay({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, 10);
  } catch {
    // It has ended already.
  }
}

const argumentsFor = (profile: string, proxy: string): string[] => [
  '--headless=new',
  '--remote-debugging-pipe',
  `--user-data-dir=${profile}`,
  `--proxy-server=http://${proxy}`,
  '--proxy-bypass-list=<-loopback>',
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
  '--disable-quic',
  '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-extensions',
  '--disable-sync',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--hide-scrollbars',
  '--mute-audio',
  '--no-first-run',
  '--no-default-browser-check',
  '--no-pings',
  '--renderer-process-limit=1',
  `--js-flags=--max-old-space-size=${heapMb}`,
  '--lang=zh-CN',
  // Chromium's own sandbox does not start as root, as in most containers.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  'about:blank',
];

async function openPage(browser: ChildProcess) {
  const talk = new Talk(browser);
  const { targetId } = await talk.say('Target.createTarget', { url: 'about:blank' }, Target);
  const { sessionId } = await talk.say('Target.attachToTarget', { targetId, flatten: true }, Session);
  const page = <T extends z.ZodType>(method: string, params: object, shape: T) =>
    talk.say(method, params, shape, sessionId);
  await talk.say('Browser.setDownloadBehavior', { behavior: 'deny' }, Nothing);
  await page('Page.enable', {}, Nothing);
  return { talk, page };
}

async function sheets(browser: ChildProcess, content: string): Promise<Buffer> {
  const { page } = await openPage(browser);
  const { frameTree } = await page('Page.getFrameTree', {}, Frames);
  await page('Page.setDocumentContent', { frameId: frameTree.frame.id, html: content }, Nothing);
  const foot = `<div style="width:100%;font-size:8px;text-align:center">第 <span class="pageNumber"></span> 页，共 <span class="totalPages"></span> 页</div>`;
  const { data } = await page(
    'Page.printToPDF',
    {
      paperWidth: 8.27,
      paperHeight: 11.69,
      marginTop: 0.7,
      marginBottom: 0.7,
      printBackground: true,
      displayHeaderFooter: true,
      headerTemplate: '<span></span>',
      footerTemplate: foot,
    },
    Captured,
  );
  return Buffer.from(data, 'base64');
}

async function picture(browser: ChildProcess, url: string): Promise<Shot> {
  const { talk, page } = await openPage(browser);
  const screen = { width, height: 900, deviceScaleFactor: 1, mobile: false };
  await page('Emulation.setDeviceMetricsOverride', screen, Nothing);
  const loaded = talk.hears('Page.loadEventFired', loadMs);
  const { errorText } = await page('Page.navigate', { url }, Navigated);
  if (errorText) throw new NoShot('unreachable', errorText);
  await loaded;
  const { cssContentSize } = await page('Page.getLayoutMetrics', {}, Layout);
  const height = Math.max(1, Math.min(Math.ceil(cssContentSize.height), tallest));
  const clip = { x: 0, y: 0, width, height, scale: 1 };
  const { data } = await page(
    'Page.captureScreenshot',
    { format: 'webp', quality: 80, captureBeyondViewport: true, clip },
    Captured,
  );
  return { bytes: Buffer.from(data, 'base64'), width, height, whole: cssContentSize.height <= tallest };
}

const Nothing = z.object({});
const Target = z.object({ targetId: z.string() });
const Session = z.object({ sessionId: z.string() });
const Navigated = z.object({ errorText: z.string().optional() });
const Frames = z.object({ frameTree: z.object({ frame: z.object({ id: z.string() }) }) });
const Layout = z.object({ cssContentSize: z.object({ height: z.number() }) });
const Captured = z.object({ data: z.string() });
const Message = z.object({
  id: z.int().optional(),
  method: z.string().optional(),
  result: z.unknown().optional(),
  error: z.object({ message: z.string() }).optional(),
});

/** The DevTools protocol over a pipe: messages of JSON, each ended by a zero byte. */
class Talk {
  readonly #to: Writable;
  readonly #waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  readonly #listening = new Map<string, () => void>();
  #last = 0;
  #rest: Buffer[] = [];

  constructor(browser: ChildProcess) {
    this.#to = browser.stdio[3] as Writable;
    const from = browser.stdio[4] as Readable;
    const lost = () => this.#lose(new NoShot('crashed', 'the browser ended'));
    browser.once('error', (error) => this.#lose(new NoShot('crashed', error.message))).once('exit', lost);
    this.#to.on('error', lost);
    from.on('error', lost).on('data', (chunk: Buffer) => this.#hear(chunk));
  }

  async say<T extends z.ZodType>(method: string, params: object, shape: T, sessionId?: string): Promise<z.infer<T>> {
    const id = ++this.#last;
    const answer = new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.#to.write(`${JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) })}\0`);
    return shape.parse(await answer);
  }

  /** Resolves when it was heard, or after a time. */
  hears(method: string, withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, withinMs).unref();
      this.#listening.set(method, () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #hear(chunk: Buffer): void {
    try {
      this.#read(chunk);
    } catch (error) {
      this.#lose(new NoShot('crashed', `the browser said what nobody understands: ${String(error).slice(0, 200)}`));
    }
  }

  #read(chunk: Buffer): void {
    let from = 0;
    for (let end = chunk.indexOf(0); end >= 0; end = chunk.indexOf(0, from)) {
      this.#take(Buffer.concat([...this.#rest, chunk.subarray(from, end)]).toString());
      this.#rest = [];
      from = end + 1;
    }
    this.#rest.push(chunk.subarray(from));
  }

  #take(text: string): void {
    const { id, method, result, error } = Message.parse(JSON.parse(text));
    if (method) this.#listening.get(method)?.();
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (!waiting || id === undefined) return;
    this.#waiting.delete(id);
    if (error) waiting.reject(new NoShot('crashed', error.message));
    else waiting.resolve(result);
  }

  #lose(error: NoShot): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** By its process group's id, and waits until it is gone. */
async function end(browser: ChildProcess): Promise<void> {
  const { pid } = browser;
  if (pid === undefined) return;
  const gone = new Promise<void>((resolve) => {
    if (browser.exitCode !== null || browser.signalCode !== null) resolve();
    else browser.once('exit', () => resolve());
  });
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It had ended by itself.
  }
  await gone;
}
