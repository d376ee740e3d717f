import type { SourceHealthCommand, SourceHealthEvent } from '@tongsheng/contracts';
import { hashA, hashB, minutesLater, noon, service, specify } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sourceHealth } from './source-health.ts';

const given = specify(sourceHealth);
const sourceId = 'national-policy';
const head = { id: 'c', at: noon, actor: service, sourceId };
const fails = (code: string, detail = ''): Extract<SourceHealthCommand, { type: 'source.report_failure' }> => ({
  type: 'source.report_failure',
  ...head,
  code,
  detail,
});
const works = { type: 'source.report_success' as const, ...head };
const rejects = (key: string, code = 'no_title') => ({
  type: 'source.reject_entry' as const,
  ...head,
  key,
  title: '',
  code,
  detail: '',
});
const failed = (code: string, detail = ''): Extract<SourceHealthEvent, { type: 'source.failed' }> => ({
  type: 'source.failed',
  sourceId,
  code,
  detail,
  failedAt: noon,
});
const recovered = { type: 'source.recovered' as const, sourceId, recoveredAt: noon };
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

describe('a source that goes on failing', () => {
  const at = (minutes: number) => ({ ...fails('timeout'), at: minutesLater(minutes) });
  const escalated = (hours: 1 | 3, minutes: number): SourceHealthEvent => ({
    type: 'source.escalated',
    sourceId,
    code: 'timeout',
    failingSince: noon,
    hours,
    escalatedAt: minutesLater(minutes),
  });
  it('is escalated after an hour and after three, each once', () => {
    given(failed('timeout')).when(at(59)).yields();
    given(failed('timeout')).when(at(60)).yields(escalated(1, 60));
    given(failed('timeout'), escalated(1, 60)).when(at(179)).yields();
    given(failed('timeout'), escalated(1, 60)).when(at(180)).yields(escalated(3, 180));
    given(failed('timeout'), escalated(3, 180)).when(at(600)).yields();
  });
  it('counts from the first failure, in whatever way it fails later', () => {
    const other = { ...fails('http_error'), at: minutesLater(90) };
    const [first, second] = given(failed('timeout')).when(other).events();
    expect(first).toMatchObject({ type: 'source.failed', code: 'http_error' });
    expect(second).toEqual({ ...escalated(1, 90), code: 'http_error' });
  });
  it('begins anew after it recovered', () => {
    given(failed('timeout'), escalated(3, 180), recovered, { ...failed('timeout'), failedAt: minutesLater(200) })
      .when(at(240))
      .yields();
  });
});

describe('one of several detectors', () => {
  const list = 'https://upstream.example/list/';
  it('fails and recovers by itself', () => {
    const [down] = given(failed('timeout'))
      .when({ ...fails('no_rows'), detector: list })
      .events();
    expect(down).toMatchObject({ type: 'source.failed', detector: list, code: 'no_rows' });
    given(failed('timeout'), down!).when(works).yields(recovered);
    given(failed('timeout'), down!)
      .when({ ...works, detector: list })
      .yields({ ...recovered, detector: list });
  });
  it('that lacks what another brought says so, once for each set of items, and when they agree again', () => {
    const compare = (...titles: string[]): SourceHealthCommand => ({
      type: 'source.compare',
      ...head,
      detector: list,
      missing: titles.map((title) => ({ title, link: null })),
    });
    const disagreed = (...titles: string[]): SourceHealthEvent => ({
      type: 'source.disagreed',
      sourceId,
      detector: list,
      missing: titles.map((title) => ({ title, link: null })),
      disagreedAt: noon,
    });
    given().when(compare()).yields();
    given().when(compare('甲', '乙')).yields(disagreed('甲', '乙'));
    given(disagreed('甲', '乙')).when(compare('乙', '甲')).yields();
    given(disagreed('甲', '乙')).when(compare('甲')).yields(disagreed('甲'));
    given(disagreed('甲')).when(compare()).yields({ type: 'source.agreed', sourceId, detector: list, agreedAt: noon });
  });
});

describe('a source that can be read', () => {
  const rhythm = (quiet: boolean): SourceHealthCommand => ({
    type: 'source.report_rhythm',
    ...head,
    quiet,
    lastAt: minutesLater(-9_000),
    usualSeconds: 3_600,
  });
  const quiet: SourceHealthEvent = {
    type: 'source.went_quiet',
    sourceId,
    lastAt: minutesLater(-9_000),
    usualSeconds: 3_600,
    quietAt: noon,
  };
  it('goes quiet once, and speaks again once', () => {
    given().when(rhythm(false)).yields();
    given().when(rhythm(true)).yields(quiet);
    given(quiet).when(rhythm(true)).yields();
    given(quiet).when(rhythm(false)).yields({ type: 'source.spoke', sourceId, spokeAt: noon });
  });
});

it('what was received stands beside the trouble it made', () => {
  const evidence = { url: 'https://a.example/', status: 200, snapshot: hashA, bodyHash: hashB, bytes: 1, seenAt: noon };
  expect(
    given()
      .when({ ...fails('malformed'), evidence })
      .events(),
  ).toMatchObject([{ evidence }]);
  expect(
    given()
      .when({ ...rejects('1'), evidence })
      .events(),
  ).toMatchObject([{ evidence }]);
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
