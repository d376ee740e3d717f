import { clue } from '@tongsheng/contracts';
import { expect, it } from 'vitest';
import { blankClue, clueOf, problemsOfClue } from './clue.ts';

const draft = {
  claim: ' 存款要缴税 ',
  seenWhere: '微信群',
  link: 'https://rumor.example/1',
  since: '2026-11-23T09:30',
  reach: '',
  evidence: [{ hash: 'a'.repeat(64), name: '截图.png', bytes: 5, mediaType: 'image/png' }],
};

it('a clue is read in Beijing time, and fits its contract', () => {
  const read = clueOf(draft);
  expect(clue.parse(read)).toEqual(read);
  expect(read).toMatchObject({ claim: '存款要缴税', since: '2026-11-23T01:30:00.000Z' });
  expect(clueOf({ ...draft, link: ' ', since: '' })).toMatchObject({ link: null, since: null });
});
it('says all that it lacks at once', () => {
  expect(problemsOfClue({ ...blankClue, link: 'javascript:alert(1)' }).map(({ field }) => field)).toEqual([
    'claim',
    'seenWhere',
    'link',
  ]);
  expect(problemsOfClue(draft)).toEqual([]);
});
