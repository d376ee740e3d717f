import type { RefusalCode } from '@tongsheng/contracts';

/** What is said when a rule of inspections says no. */
export const inspectionMessages = {
  inspection_missing: { zh: '没有这一季度的抽查。', en: 'There is no such inspection.' },
  inspection_opened: {
    zh: '这一季度的名单已经封存，一个季度只能抽查一次；要多查，请在抽签后增加。',
    en: 'This quarter’s list is frozen already. There is one inspection a quarter; more sites can be added after the draw.',
  },
  inspection_share_low: {
    zh: '抽查比例不能低于 30%（税总发〔2017〕84号 二（五）1）。',
    en: 'The share must not be below 30 %.',
  },
  inspection_no_site: { zh: '名单里没有网站了，请少排除一些。', en: 'No site is left on the list: exclude fewer.' },
  inspection_not_opened: { zh: '请先封存名单，再抽签。', en: 'Freeze the list before you draw.' },
  inspection_drawn: {
    zh: '本季度已经抽签，不能重抽；要多查，请按抽签顺序增加。',
    en: 'The sample was drawn and can’t be drawn again. More sites can be added, in the order of the draw.',
  },
  inspection_not_drawn: { zh: '还没有抽签。', en: 'The sample has not been drawn.' },
  inspection_exhausted: {
    zh: '抽签顺序里剩下的网站没有这么多，请减少数量。',
    en: 'So many sites are not left in the draw’s order: ask for fewer.',
  },
  inspection_not_inspected: {
    zh: '这个网站不在本次检查之列。',
    en: 'This site is not inspected this time.',
  },
  inspection_listed: {
    zh: '这个网站在封存的名单里，只能按抽签顺序增加，不能点名加入。',
    en: 'This site stands on the frozen list: it can come in by the order of the draw alone.',
  },
  inspection_not_judged: { zh: '请先填完这个网站的检查表。', en: 'Fill in the site’s worksheet first.' },
  inspection_not_looked: {
    zh: '机器检查还没有走完，请等进度到 100%。',
    en: 'The check by machine is not through yet. Wait until it is.',
  },
  inspection_concluded: {
    zh: '这个网站已下结论，不能再改；后来的情况请记入复查。',
    en: 'This site was concluded. What comes later belongs into a re-check.',
  },
  inspection_not_concluded: { zh: '请先对这个网站下结论。', en: 'Conclude the site first.' },
  inspection_nothing_wrong: { zh: '这个网站没有发现问题。', en: 'Nothing was found at this site.' },
  inspection_unfinished: {
    zh: '还有网站没有下结论，全部完成后才能公布结果。',
    en: 'Some sites are not concluded. The result can be published when all are.',
  },
  site_check_missing: { zh: '没有这次检查。', en: 'There is no such check.' },
} satisfies Partial<Record<RefusalCode, { zh: string; en: string }>>;
