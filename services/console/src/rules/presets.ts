import type { Policy } from '@tongsheng/contracts';

type Clause = Pick<Policy, 'name' | 'basis' | 'publisher' | 'target' | 'limit'>;

const number84 = '税总发〔2017〕84号 二（五）3';

/** Clauses as regulations have them; names and clauses stay Chinese, because that is what they are called. */
export const presets = {
  superior12: {
    name: '上级税务网站重要政策 12 小时内转载',
    basis: number84,
    publisher: 'superior_tax',
    target: 'site',
    limit: 'PT12H',
  },
  portal12: {
    name: '同级政府门户重要政策 12 小时内转载',
    basis: number84,
    publisher: 'same_level_government',
    target: 'site',
    limit: 'PT12H',
  },
  council24: {
    name: '国务院重要政策信息 24 小时内转载',
    basis: '国办 2017 年政府网站抽查口径',
    publisher: 'state_council',
    target: 'site',
    limit: 'PT24H',
  },
  fujian8: {
    name: '省政府文件 8 小时内转载',
    basis: '福建省政府网站转载要求',
    publisher: 'superior_government',
    target: 'site',
    limit: 'PT8H',
  },
  weibo1: {
    name: '省政府重要信息 1 小时内微博转发',
    basis: '省政府重要信息转发要求',
    publisher: 'superior_government',
    target: 'weibo',
    limit: 'PT1H',
  },
} as const satisfies Record<string, Clause>;

export type Preset = keyof typeof presets;
