import type { Notice, Notified } from './fake.ts';
import type { Faults } from './faults.ts';
import type { Time } from './time.ts';

type Request = NonNullable<ReturnType<Notice['request']>>;

/** What the platform sends to us by itself: again until it is taken, or spoiled by a fault. */
export class Notices {
  readonly notified: Notified[] = [];
  private readonly onTheirWay = new Set<Promise<void>>();
  private readonly stops = new Set<() => void>();

  constructor(
    private readonly time: Time,
    private readonly faults: Faults,
  ) {}

  send(notice: Notice): void {
    const fault = this.faults.take(`callback.${notice.event}`, 'callback');
    const { event } = notice;
    if (fault?.mode === 'missing')
      return void this.notified.push({ at: this.time.now(), event, deliveries: 0, taken: false, fault: 'missing' });
    if (fault?.mode === 'late')
      return this.later(fault.ms, () => this.begin(notice, notice.request(false), fault.mode));
    const request = notice.request(fault?.mode === 'forged');
    this.begin(notice, request, fault?.mode ?? null);
    // The same request to the byte: a replay.
    if (fault?.mode === 'duplicate') this.later(fault.ms, () => this.begin(notice, request, fault.mode));
  }

  async settled(): Promise<void> {
    while (this.onTheirWay.size > 0) await Promise.all(this.onTheirWay);
  }

  stop(): void {
    for (const stop of this.stops) stop();
  }

  private later(ms: number, run: () => void): void {
    const stop = this.time.after(ms, () => {
      this.stops.delete(stop);
      run();
    });
    this.stops.add(stop);
  }

  private begin(notice: Notice, request: Request | null, fault: string | null): void {
    if (!request) return;
    const delivery = this.deliver(notice, request, fault);
    this.onTheirWay.add(delivery);
    void delivery.finally(() => this.onTheirWay.delete(delivery));
  }

  private async deliver(notice: Notice, request: Request, fault: string | null): Promise<void> {
    const notified = { at: this.time.now(), event: notice.event, deliveries: 0, taken: false, fault };
    this.notified.push(notified);
    while (!notified.taken && notified.deliveries < notice.deliveries) {
      notified.deliveries++;
      notified.taken = await this.deliverOnce(notice, request);
    }
  }

  private async deliverOnce({ timeoutMs, isTaken }: Notice, { url, headers, body }: Request): Promise<boolean> {
    const ending = new AbortController();
    const end = () => ending.abort();
    this.stops.add(end);
    const forget = this.time.after(timeoutMs, end);
    try {
      const { signal } = ending;
      const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
      return isTaken(response.status, await response.text());
    } catch {
      return false;
    } finally {
      forget();
      this.stops.delete(end);
    }
  }
}
