import { RumorRow, type Clue, type RumorEvent } from '@tongsheng/contracts';
import { minutesLater, noon } from '@tongsheng/test/support';
import { describe, expect, it } from 'vitest';
import { rumors } from './rumors.ts';

const key = { rumorCaseId: 'rumor', site: 'province' };
const by = { by: 'comms', byName: '赵宣传' };
const seen: Clue = { claim: '存款要缴税', seenWhere: '微信群', link: null, since: null, reach: '', evidence: [] };
const reported: RumorEvent = {
  type: 'rumor.reported',
  ...key,
  ...seen,
  limit: 'PT5H',
  dueAt: minutesLater(300),
  ...by,
  reportedAt: noon,
};
const assessed = (decision: 'rebut' | 'watch' | 'drop', dueAt?: string): RumorEvent => ({
  type: 'rumor.assessed',
  ...key,
  verdict: 'false',
  facts: '没有这样的规定',
  basis: '个人所得税法',
  decision,
  ...(dueAt !== undefined && { dueAt }),
  ...by,
  assessedAt: minutesLater(30),
});
const rebutted: RumorEvent = {
  type: 'rumor.rebutted',
  ...key,
  releaseId: 'release',
  url: 'https://tax.example/province/rebuttal/release',
  rebuttedAt: minutesLater(50),
};
const fold = (...events: RumorEvent[]) =>
  RumorRow.parse(events.reduce<RumorRow | null>((row, event) => rumors.apply(row, event, {} as never), null));

describe('a rumor in the list', () => {
  it('waits by the time that is left, and is done by the time it was reported', () => {
    const due = Date.parse(minutesLater(300));
    expect(rumors.sets!(fold(reported), '')).toEqual({ 'open:*': due, 'open:province': due });
    expect(rumors.sets!(fold(reported, assessed('rebut')), '')).toEqual({ 'open:*': due, 'open:province': due });
    const at = Date.parse(noon);
    expect(rumors.sets!(fold(reported, assessed('watch')), '')).toEqual({ 'done:*': at, 'done:province': at });
  });
  it('is found among what was answered once its rebuttal is public', () => {
    const row = fold(reported, assessed('rebut'), rebutted);
    expect(row).toMatchObject({ state: 'rebutted', url: rebutted.url, rebuttedAt: rebutted.rebuttedAt });
    expect(rumors.sets!(row, '')).toHaveProperty('answered', Date.parse(rebutted.rebuttedAt));
  });
  it('that was only watched has its whole time from when it is to be rebutted', () => {
    const row = fold(reported, assessed('watch'), assessed('rebut', minutesLater(330)));
    expect(row).toMatchObject({ state: 'to_rebut', startsAt: minutesLater(30), dueAt: minutesLater(330) });
  });
  it('says how often it was seen, and how it fares', () => {
    const more: RumorEvent = { type: 'rumor.clue_added', ...key, ...seen, ...by, addedAt: noon };
    const noted: RumorEvent = {
      type: 'rumor.effect_noted',
      ...key,
      spread: 'falling',
      reach: '',
      note: '',
      ...by,
      notedAt: noon,
    };
    expect(fold(reported, more, noted)).toMatchObject({ clues: 2, spread: 'falling' });
  });
});
