import type { ReportKind } from './report.ts';

/**
 * One entry of a form. `log`: its figure is counted from the log, and says how. `person`: nothing here can know it, and it
 * is left for somebody who does.
 */
export type ReportField = {
  id: string;
  name: string;
  unit: string;
  from: 'log' | 'person';
  /** 口径: what is counted, or what is to be written. */
  means: string;
};
export type ReportSection = { name: string; fields: readonly ReportField[] };
export type ReportForm = {
  template: string;
  kind: ReportKind;
  title: string;
  basis: string;
  sections: readonly ReportSection[];
};

const log = (id: string, name: string, unit: string, means: string): ReportField => ({
  id,
  name,
  unit,
  from: 'log',
  means,
});
const ask = (id: string, name: string, unit: string, means = ''): ReportField => ({
  id,
  name,
  unit,
  from: 'person',
  means: means || '系统没有这项记录，请据实填写；确实没有的填 0 或“无”。',
});

const signatures: ReportSection = {
  name: '填报',
  fields: [
    ask('head_of_unit', '单位负责人', '', '姓名。'),
    ask('auditor', '审核人', '', '姓名。'),
    ask('reporter', '填报人', '', '姓名。'),
    ask('phone', '联系电话', '', '对外公布的电话。'),
  ],
};

const reposts = (whose: string): ReportField[] => [
  log('reposts_due', '应转载', '条', `期内到期、${whose}应当转载的义务数。`),
  log('reposts_on_time', '按时转载', '条', '在时限内公网可见的义务数。'),
  log('reposts_late', '超时转载', '条', '超过时限才公网可见的义务数。'),
  log('reposts_overdue', '到期未转载', '条', '时限已过、公网仍不可见的义务数。'),
  log('reposts_exempted', '免转', '条', '经两人签批不转载的义务数。'),
  log('reposts_rate', '按时率', '%', '按时转载 ÷（应转载 − 免转）；没有应转载的写“无应转载”，不写 100%。'),
];

/** 政府网站工作年度报表, of one website. */
const work: ReportForm = {
  template: 'work-2018',
  kind: 'work',
  title: '政府网站工作年度报表',
  basis: '国办函〔2018〕12号',
  sections: [
    {
      name: '基本情况',
      fields: [
        log('site_name', '网站名称', '', '站点登记的名称。'),
        log('home_page', '首页网址', '', '站点登记的网址。'),
        ask('organiser', '主办单位', ''),
        ask('site_type', '网站类型', '', '政府门户网站、部门网站或专项网站。'),
        ask('site_mark', '政府网站标识码', ''),
        ask('icp', 'ICP备案号', ''),
        ask('police', '公安机关备案号', ''),
        ask('visitors', '独立用户访问总量', '个', '取自本站的访问统计。'),
        ask('visits', '网站总访问量', '次', '取自本站的访问统计。'),
      ],
    },
    {
      name: '信息发布',
      fields: [
        log(
          'published_total',
          '总数',
          '条',
          '期内公开的原发稿件与首次转载之和；本系统之外发布的不在内，请核增并说明。',
        ),
        log('published_own', '其中原发', '条', '期内首次公开的通稿、政策、解读、回应、辟谣、公告。'),
        log('published_reposts', '其中转载', '条', '期内到期并已转载的条数。'),
        ask('overview_updates', '概况类信息更新量', '条'),
        ask('directory_updates', '信息公开目录信息更新量', '条'),
        ...reposts('本站'),
      ],
    },
    {
      name: '专栏专题',
      fields: [ask('topics_kept', '维护数量', '个'), ask('topics_new', '新开设数量', '个')],
    },
    {
      name: '解读回应',
      fields: [
        log('interpretations', '解读信息发布总数', '条', '期内首次公开的解读。'),
        log('interpretations_material', '解读材料数量', '条', '其中文字解读。'),
        log('interpretations_product', '解读产品数量', '条', '其中图表图解、音频、视频。'),
        ask('interpretations_media', '媒体评论文章数量', '篇'),
        log('responses', '回应公众关注热点或重大舆情数量', '次', '期内首次公开的回应与辟谣。'),
        log('rebuttals_on_time', '其中限时内辟谣', '次', '从线索到公开未超过本站时限的辟谣。'),
        log('with_policy', '与政策同步发布的解读', '次', '与政策在同一联动发布中公开的解读。'),
        log('waivers', '缺解读先行发布', '次', '经签批、政策先于解读公开的联动发布。'),
      ],
    },
    {
      name: '办事服务',
      fields: [
        ask('services_listed', '是否发布服务事项目录', ''),
        ask('users', '注册用户数', '个'),
        ask('services', '政务服务事项数量', '项'),
        ask('services_online', '可全程在线办理政务服务事项数量', '项'),
        ask('cases', '办件量总数', '件'),
        ask('cases_people', '自然人办件量', '件'),
        ask('cases_legal', '法人办件量', '件'),
      ],
    },
    {
      name: '互动交流',
      fields: [
        log('corrections_received', '收到网民纠错', '条', '期内收到的网民纠错，重复与垃圾信息除外。'),
        log('corrections_answered', '办结网民纠错', '条', '期内收到且已答复的网民纠错。'),
        log('corrections_on_time', '其中3个工作日内答复', '条', '在期限内答复的。'),
        ask('messages', '其他渠道收到留言数量', '条'),
        ask('messages_done', '其他渠道办结留言数量', '条'),
        ask('consultations', '征集调查期数', '期'),
        ask('interviews', '在线访谈期数', '期'),
        ask('smart_answers', '是否提供智能问答', ''),
      ],
    },
    {
      name: '安全防护',
      fields: [
        ask('security_checks', '安全检测评估次数', '次'),
        ask('security_found', '发现问题数量', '个'),
        ask('security_mended', '问题整改数量', '个'),
        ask('security_watch', '是否建立安全监测预警机制', ''),
        ask('drills', '应急演练', '次', '值班告警演练见“演练”页，其他演练一并计入。'),
        log('incidents', '突发事件', '起', '期内登记的事件，演练除外。'),
        ask('security_officer', '是否明确网站安全责任人', ''),
      ],
    },
    {
      name: '移动新媒体',
      fields: [
        log('wechat_posts', '微信信息发布量', '条', '期内在微信公众号上确认可见的投递。'),
        ask('wechat_followers', '微信订阅数', '个'),
        log('weibo_posts', '微博信息发布量', '条', '期内在微博上确认可见的投递。'),
        ask('weibo_followers', '微博关注量', '个'),
        log('other_posts', '其他渠道信息发布量', '条', '期内在其他渠道上确认可见的投递。'),
      ],
    },
    {
      name: '创新发展',
      fields: [ask('innovation', '创新做法', '', '搜索服务、多语言、无障碍浏览、智能推送等，没有的写“无”。')],
    },
    signatures,
  ],
};

/** 政府网站监管年度报表, of a superior office over the sites of its region. */
const supervision: ReportForm = {
  template: 'supervision-2018',
  kind: 'supervision',
  title: '政府网站监管年度报表',
  basis: '国办函〔2018〕12号',
  sections: [
    {
      name: '网站开设整合',
      fields: [
        log('sites', '网站总数', '个', '期末登记在册的本级与所辖网站。'),
        ask('sites_new', '新开设', '个'),
        ask('sites_closed', '关停整合', '个'),
      ],
    },
    {
      name: '网站抽查',
      fields: [
        log('inspections', '抽查次数', '次', '期内办结的季度抽查。'),
        log('inspected', '抽查网站数量', '个次', '各季度抽中网站之和。'),
        log('inspected_share', '抽查比例（最低的一季）', '%', '各季度抽中数 ÷ 当季名单数，取最低者；不得低于 30%。'),
        log('inspected_failed', '不合格网站数量', '个次', '各季度抽查不合格网站之和。'),
        log('interviews_held', '约谈', '次', '期内登记的约谈。'),
        ask('accountability', '问责人次', '人次', '分别按通报、约谈、警告、记过、调离、撤职等填写，没有的填 0。'),
      ],
    },
    { name: '转载', fields: reposts('本级与所辖网站') },
    {
      name: '安全检查',
      fields: [
        ask('security_checks', '安全检查次数', '次'),
        ask('security_sites', '检查网站数量', '个次'),
        ask('security_found', '发现问题数量', '个'),
        log('incidents', '突发事件', '起', '期内本级与所辖网站登记的事件，演练除外。'),
      ],
    },
    {
      name: '“我为政府网站找错”网民留言办理',
      fields: [
        log('corrections_received', '收到网民纠错', '条', '期内收到的网民纠错，重复与垃圾信息除外。'),
        log('corrections_answered', '办结', '条', '期内收到且已答复的。'),
        log('corrections_on_time', '按期办结', '条', '在 3 个工作日内答复的。'),
        ask('platform_messages', '国务院平台转来留言', '条'),
        ask('platform_done', '其中办结', '条'),
      ],
    },
    {
      name: '假冒政府网站处置',
      fields: [
        log('fake_sites', '发现假冒网站', '个', '期内登记的假冒网站事件。'),
        log('fake_sites_referred', '移送处置', '个', '其中有移送记录的。'),
      ],
    },
    { name: '人员培训', fields: [ask('trainings', '培训次数', '次'), ask('trained', '培训人次', '人次')] },
    signatures,
  ],
};

const bulletin = (kind: 'monthly' | 'quarterly', title: string): ReportForm => ({
  template: `${kind}-1`,
  kind,
  title,
  basis: '税总发〔2017〕84号 二(五)',
  sections: [
    { name: '转载', fields: reposts('本级与所辖网站') },
    {
      name: '发布与回应',
      fields: [
        log('published_own', '原发稿件', '条', '期内首次公开的通稿、政策、解读、回应、辟谣、公告。'),
        log('with_policy', '与政策同步发布的解读', '次', '与政策在同一联动发布中公开的解读。'),
        log('waivers', '缺解读先行发布', '次', '经签批、政策先于解读公开的联动发布。'),
        log('rumors', '谣言线索', '条', '期内收到的线索。'),
        log('rebuttals', '辟谣', '条', '期内公开的辟谣。'),
        log('rebuttals_on_time', '其中限时内', '条', '从线索到公开未超过本站时限的辟谣。'),
        log('submissions', '报送', '件', '期内向上级网站或政府门户报送的稿件。'),
        log('submissions_adopted', '其中采用', '件', '其中已被采用的。'),
      ],
    },
    {
      name: '网民纠错与值班',
      fields: [
        log('corrections_received', '收到网民纠错', '条', '期内收到的网民纠错，重复与垃圾信息除外。'),
        log('corrections_on_time', '3个工作日内答复', '条', '在期限内答复的。'),
        log('incidents', '突发事件', '起', '期内登记的事件，演练除外。'),
      ],
    },
    {
      name: '评述',
      fields: [
        ask('problems', '存在的问题', '', '点名要有依据，写清站点、时间与事项；没有的写“无”。'),
        ask('demands', '工作要求', '', '下一步怎么做、何时完成；没有的写“无”。'),
      ],
    },
  ],
});

/** Every edition that was ever filled in; the newest of each kind is filled from now on. */
export const reportForms: readonly ReportForm[] = [
  supervision,
  work,
  bulletin('monthly', '政府网站工作月度通报'),
  bulletin('quarterly', '政府网站工作季度通报'),
];

/** @throws when there is no such edition: what was filled in can't be read without it */
export function reportForm(template: string): ReportForm {
  const form = reportForms.find((each) => each.template === template);
  if (!form) throw new Error(`contracts: there is no form ${template}`);
  return form;
}

export const newestForm = (kind: ReportKind): ReportForm => reportForms.findLast((each) => each.kind === kind)!;

export const reportFields = (form: ReportForm): ReportField[] => form.sections.flatMap(({ fields }) => fields);
