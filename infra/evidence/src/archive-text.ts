/** What the archive says of itself, for whoever finds it in ten years. */
export const archiveText = `同声日志归档 · Tongsheng log archive (tongsheng-log/1)

SHA256SUMS           所有文件的 SHA-256；核对：sha256sum -c SHA256SUMS
SHA256SUMS.signed    对上面这份清单的签名（有签名密钥时）：前三行为被签名的文本，末行为公钥编号和签名（base64）
manifest.json        各文件的范围、日志的 Merkle 根
checkpoint.txt       最新的签名检查点（C2SP tlog-checkpoint）
keys/*.pem           验证签名的公钥
events-*.jsonl.gz    事件日志，按存入日期（UTC）分段，每行一条：
                       position  在日志中的位置
                       storedAt  服务器存入的时刻
                       subject   归属：ev.<聚合>.<站点>.<编号>
                       headers   [名称, [值]]，ce-* 为 CloudEvents 1.0 属性
                       body      正文（JSON 文本）；不是文本时为 base64
public-*.jsonl.gz    公开内容，格式相同；按决定删除的内容，其位置为空
objects/EVIDENCE/    证据文件，文件名就是其 SHA-256
objects/PUBLIC_FILES/ 公开的图片和附件，同上

一条事件的哈希：SHA-256(subject, 换行, 每个 ce-* 属性一行“名称: 值”, 空行, 正文)。
后一条同一聚合的事件以 ce-previoushash 引用前一条的哈希；全部事件按位置组成 RFC 6962 Merkle 树，
叶 = SHA-256(0x00 || 事件哈希)，检查点对树根签名。

核对整个归档：tongsheng log verify <本文件夹>
恢复到空服务器：NATS_URL=… tongsheng log restore <本文件夹>
未归档：尚未保存的草稿、死信、Redis 中的读模型（恢复后由日志重建）。
`;
