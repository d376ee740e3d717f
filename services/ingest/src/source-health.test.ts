import type { SourceHealthCommand, SourceHealthEvent } from '@tongsheng/contracts';
import { noon, service, specify } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sourceHealth } from './source-health.ts';

const given = specify(sourceHealth);
const sourceId = 'national-policy';
const head = { id: 'c', at: noon, actor: service, sourceId };
const fails = (code: string, detail = ''): SourceHealthCommand => ({
  type: 'source.report_failure',
  ...head,
  code,
  detail,
});
const works: SourceHealthCommand = { type: 'source.report_success', ...head };
const rejects = (key: string, code = 'no_title'): SourceHealthCommand => ({
  type: 'source.reject_entry',
  ...head,
  key,
  title: '',
  code,
  detail: '',
});
const failed = (code: string, detail = ''): SourceHealthEvent => ({
  type: 'source.failed',
  sourceId,
  code,
  detail,
  failedAt: noon,
});
const recovered: SourceHealthEvent = { type: 'source.recovered', sourceId, recoveredAt: noon };
const rejected = (key: string, code = 'no_title'): SourceHealthEvent => ({
  type: 'source.entry_rejected',
  sourceId,
  key,
  title: '',
  code,
  detail: '',
  rejectedAt: noon,
});

describe('a source', () => {
  it('that works says nothing', () => {
    given().when(works).yields();
  });
  it('that fails says so once, also when the words change', () => {
    given().when(fails('timeout')).yields(failed('timeout'));
    given(failed('timeout')).when(fails('timeout', 'after 20001 ms')).yields();
  });
  it('that fails in another way says that', () => {
    given(failed('timeout')).when(fails('http_error', 'HTTP 500')).yields(failed('http_error', 'HTTP 500'));
  });
  it('that is read again says so once', () => {
    given(failed('timeout')).when(works).yields(recovered);
    given(failed('timeout'), recovered).when(works).yields();
  });
  it('that fails again after it recovered says so again', () => {
    given(failed('timeout'), recovered).when(fails('timeout')).yields(failed('timeout'));
  });
  it('tells of each entry that it can’t use once for each reason', () => {
    given().when(rejects('1')).yields(rejected('1'));
    given(rejected('1')).when(rejects('1')).yields();
    given(rejected('1')).when(rejects('1', 'too_large')).yields(rejected('1', 'too_large'));
  });
  it('is as well or as ill as before when an entry is turned away', () => {
    given(failed('timeout'), rejected('1')).when(fails('timeout')).yields();
    given(rejected('1')).when(works).yields();
  });
});

const anyReport = fc.oneof(
  fc.constantFrom('timeout', 'http_error', 'malformed').map((code) => fails(code)),
  fc.constant(works),
  fc
    .tuple(fc.constantFrom('1', '2'), fc.constantFrom('no_title', 'too_large'))
    .map(([key, code]) => rejects(key, code)),
);

describe('whatever is reported, in any order', () => {
  const play = (commands: SourceHealthCommand[]) =>
    commands.reduce<SourceHealthEvent[]>(
      (past, command) => [
        ...past,
        ...sourceHealth.decide(command, past.reduce(sourceHealth.evolve, sourceHealth.initial)),
      ],
      [],
    );

  it('it recovers only from a failure, and every change of its health is another one', () => {
    fc.assert(
      fc.property(fc.array(anyReport, { maxLength: 40 }), (commands) => {
        let health: string | null = null;
        for (const event of play(commands)) {
          if (event.type === 'source.entry_rejected') continue;
          const next: string | null = event.type === 'source.failed' ? event.code : null;
          expect(next).not.toBe(health);
          health = next;
        }
      }),
    );
  });
  it('no entry is turned away twice for the same reason', () => {
    fc.assert(
      fc.property(fc.array(anyReport, { maxLength: 40 }), (commands) => {
        const reasons = play(commands).flatMap((event) =>
          event.type === 'source.entry_rejected' ? [`${event.code} ${event.key}`] : [],
        );
        expect(new Set(reasons).size).toBe(reasons.length);
      }),
    );
  });
  it('a report repeated adds nothing', () => {
    fc.assert(
      fc.property(fc.array(anyReport, { maxLength: 20 }), anyReport, (before, report) => {
        expect(play([...before, report, report])).toEqual(play([...before, report]));
      }),
    );
  });
});
