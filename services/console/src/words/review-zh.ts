/** Review chains, our own text of an item, returning and deciding many at once. */
export const reviewZh = {
  'voided.edited': '{name} 改了我站文字，此前的签字已于 {time} 作废，请看过新文字再决定。',
  'voided.unbound': '所签的稿件已拆到另一条任务，此前的签字已于 {time} 作废。',
  'event.repost.claimed': '认领',
  'event.repost.claim_released': '取消认领',
  'event.repost.edited': '修改我站文字',
  'event.repost.edit_dropped': '放弃我站修改',
  'event.repost.review_passed': '审核签字，转下一环节',
  'event.repost.returned': '退回第一环节',
  'event.repost.approval_voided': '签字作废',
  'event.repost.update_due': '来源改动了已发布的内容，须更新',
  'event.repost.publication_started': '开始发布',
  'event.repost.publication_failed': '发布未成功',
  'event.repost.publication_retried': '重新发布',
  'event.repost.rechecked': '复看一致',
  'event.repost.drifted': '公网异常',
} as const;
