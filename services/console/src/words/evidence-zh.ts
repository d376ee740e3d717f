/** Checkpoints, evidence packs and what keeps the log from being changed. */
export const evidenceZh = {
  'evidence.pack': '证据包',
  'evidence.packOfPeriod': '下载本期证据包（.tar.gz）',
  'evidence.packHint':
    '原始记录、证据文件和签名检查点；第三方按包内 VERIFY.md 用 openssl 和 sha256sum 即可核对。范围大时下载需要几分钟。',
  'evidence.checkpoint': '签名检查点',
  'evidence.covers': '覆盖日志前 {size} 条，签名于 {time}',
  'evidence.key': '公钥编号',
  'evidence.unsigned': '没有：未配置签名密钥（CHECKPOINT_KEY_FILE），不能出具证据包',
  'evidence.streams': '日志防删除',
  'evidence.streamsWell': '有效：禁止删除和清空',
} as const;
