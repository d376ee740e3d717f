/** Links with other deployments. */
export const neighboursZh = {
  'links.title': '上下级互联',
  'links.about': '对方新发布的信息和通报的进展逐条取回；线路中断期间的不会丢失，恢复后按顺序补齐。',
  'links.neighbour': '对方',
  'links.state': '线路',
  'links.documents': '待取公开信息',
  'links.entries': '待取办理进展',
  'links.lastBrought': '最近取回',
  'links.never': '还没有',
  'links.connected': '已连通，自 {time}',
  'links.cut': '已中断，自 {time}',
  'links.waiting': '尚未连通',
  'links.silent': '互联服务没有应答',
  'submission.agreeAbroad': '商定后双方各按自己的审批链审签发布；发布后登记采用地址，核验后计为采用。',
  'submission.adopt': '写成本站稿件',
  'submission.adoptHint': '商定的文字成为本站的一篇草稿，由本站审签后发布；发布后在此登记采用地址。',
  'submission.adopting': '已建立草稿',
} as const;
