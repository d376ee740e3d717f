import type { RepostEvent } from '@tongsheng/contracts';
import { hashA, hashB, minutesLater, noon } from '@tongsheng/test/support';
import { expect, it } from 'vitest';
import { looksOf } from './page-looks.ts';

const key = { taskId: 'task', site: 'province' };
const url = 'https://tax.example/province/repost/task';
const picture = { hash: hashB, width: 1_280, height: 900, bytes: 9, whole: true };
const evidence = {
  status: 200,
  pageHash: hashA,
  bytes: 10,
  snapshot: hashB,
  checks: [{ name: 'title' as const, ok: true }],
  shown: 1,
  picture: 'coming' as const,
};
const published: RepostEvent = { type: 'repost.published', ...key, url, publicPosition: 1, publishedAt: noon };
const verified: RepostEvent = { type: 'repost.verified', ...key, url, evidence, verifiedAt: noon };
const drifted: RepostEvent = {
  type: 'repost.drifted',
  ...key,
  reason: 'the page differs in: text',
  snapshot: null,
  kind: 'edited',
  changes: [{ was: '3%', now: '13%' }],
  picture: 'coming',
  driftedAt: minutesLater(60),
};
const pictured = (of: 'verified' | 'drifted', taken: boolean): RepostEvent => ({
  type: 'repost.pictured',
  ...key,
  url,
  of,
  picture: taken ? picture : null,
  because: taken ? null : 'timeout',
  takenAt: minutesLater(61),
});

it('looks are told newest first, each with the picture that was taken of it', () => {
  const looks = looksOf([published, verified, pictured('verified', true), drifted, pictured('drifted', false)]);
  expect(looks).toMatchObject([
    {
      as: 'drifted',
      url,
      kind: 'edited',
      changes: [{ was: '3%', now: '13%' }],
      picture: null,
      pictureState: 'timeout',
    },
    { as: 'verified', status: 200, shown: 1, snapshot: hashB, picture, pictureState: 'taken' },
  ]);
});

it('a picture that is not there yet is coming, and none is awaited where there is no browser, or of old looks', () => {
  expect(looksOf([published, verified])).toMatchObject([{ picture: null, pictureState: 'coming' }]);
  expect(looksOf([published, verified, drifted])).toMatchObject([
    { pictureState: 'coming' },
    { pictureState: 'too_late' },
  ]);
  const none: RepostEvent = { ...verified, evidence: { ...evidence, picture: 'no_browser' } };
  expect(looksOf([published, none])).toMatchObject([{ pictureState: 'no_browser' }]);
  const { picture: _picture, ...old } = evidence;
  expect(looksOf([published, { ...verified, evidence: old }])).toMatchObject([{ pictureState: 'none' }]);
});

it('a page that was never out has no looks', () => {
  expect(looksOf([{ type: 'repost.withdrawn', ...key, url: null, evidence: null, withdrawnAt: noon }])).toEqual([]);
});
