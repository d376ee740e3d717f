/** Words of the review of releases: chains, stand-ins, urgent signatures, comments, checks. */
export const signingZh = {
  'alarm.review_debt': '急件未补审，时限已用 {share}%',
  'event.release.debt_step_passed': '补审通过一步',
  'event.release.debt_settled': '补审完成',
  'event.release.debt_objected': '补审发现问题：{reason}',
  'event.release.debt_warned': '补审时限已用 {share}%',
  'event.release.commented': '批注：{text}',
  'event.release.comment_answered': '答复批注：{text}',
  'event.release.comment_settled': '批注办结或重开',
  'event.release_chain.registered': '审批链登记',
  'event.leave.registered': '外出代办登记',
  'event.checklist.registered': '检查词表登记',
};
