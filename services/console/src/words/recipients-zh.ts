/** Words of a mail to several: what is known of each of them. */
export const recipientsZh = {
  'recipients.title': '收件人',
  'recipients.some': '{accepted}/{all} 个收件人的邮件服务器已接收；{rest}',
  'recipient.accepted': '已接收',
  'recipient.deferred': '暂未接收',
  'recipient.refused': '未送达',
  'recipient.unknown': '不确定',
  'recipients.again': '“暂未接收”的将于 {time} 单独重发，其他人不会再收到。',
  'recipients.by_hand': '“未送达”的不再自动重发；对方邮箱修好后可“重新投递”，只发给他们，或另行联系。',
} as const;
