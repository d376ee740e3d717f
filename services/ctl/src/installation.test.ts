import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { busTrouble, natsUrl, placeOf } from './installation.ts';

const home = mkdtempSync(join(tmpdir(), 'tongsheng-home-'));
afterAll(() => rmSync(home, { recursive: true }));

describe('the bus of a command', () => {
  it('is the one that NATS_URL names', () => {
    expect(natsUrl('/checkout', { NATS_URL: 'nats://bus:4222', TONGSHENG_HOME: home })).toBe('nats://bus:4222');
  });
  it('is otherwise what `npm start` left behind, and without that it is said what to do', () => {
    expect(() => natsUrl('/checkout', { TONGSHENG_HOME: home })).toThrow(/nothing has been started in .*`npm start`/);
    writeFileSync(join(home, 'run.json'), '{"natsUrl": ');
    expect(() => natsUrl('/checkout', { TONGSHENG_HOME: home })).toThrow('nothing has been started');
    writeFileSync(join(home, 'run.json'), '{"natsUrl":"nats://u:p@127.0.0.1:4333","supervisor":1}');
    expect(natsUrl('/checkout', { TONGSHENG_HOME: home })).toBe('nats://u:p@127.0.0.1:4333');
  });
});

describe('trouble with the bus', () => {
  it('never shows the password', () => {
    expect(placeOf('nats://user:secret@one:4222,nats://user:secret@two:4222')).toBe('one:4222, two:4222');
    expect(placeOf('user:secret@one:4222')).not.toContain('secret');
    expect(placeOf('user:se@cret@one:4222')).not.toContain('cret@');
  });
  it('is put in words when it comes from the bus; anything else is a bug and rises', () => {
    const failed = (message: string) => Object.assign(new Error(message), { name: 'NatsError' });
    expect(busTrouble(failed('stream not found'))).toMatch(/no log yet/);
    expect(busTrouble(failed('TIMEOUT'))).toMatch(/TIMEOUT/);
    expect(busTrouble(new TypeError('x'))).toBeNull();
  });
});
