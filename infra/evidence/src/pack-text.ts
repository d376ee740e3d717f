import type { AnyEvent, CheckpointSigned, Envelope } from '@tongsheng/contracts';
import { eventWords } from './event-words.ts';
import type { Subject } from './pack.ts';
import type { PublicKey } from './signing.ts';

export type Told = { position: number; envelope: Envelope; subject: string; events: AnyEvent[] };

const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', dateStyle: 'short', timeStyle: 'medium' });
const beijing = (at: string) => clock.format(new Date(at));

/** Facts of an event that say something to a person. */
const worthTelling = {
  title: '标题',
  reason: '理由',
  url: '网址',
  publishedUrl: '发布网址',
  detail: '说明',
  dueAt: '时限',
  publishedAt: '发布时间',
  snapshot: '快照',
} as const;

function toldOf(event: AnyEvent): string {
  const facts = Object.entries(worthTelling).flatMap(([name, word]) => {
    const value = (event as unknown as { [fact: string]: unknown })[name];
    return typeof value === 'string' && value !== '' ? [`${word}：${value.replace(/\s+/g, ' ').slice(0, 200)}`] : [];
  });
  return [`${eventWords[event.type]}（${event.type}）`, ...facts].join('；');
}

/** What the pack is about and what it holds, for a reader. It proves nothing; the records do. */
export function summaryOf(
  about: Subject,
  told: readonly Told[],
  {
    madeAt,
    checkpoint,
    key,
    objects,
  }: { madeAt: string; checkpoint: CheckpointSigned; key: PublicKey; objects: number },
): string {
  const what = {
    task: () => (about.kind === 'task' ? `转载任务 ${about.taskId}（站点 ${about.site}）` : ''),
    site: () =>
      about.kind === 'site' ? `站点 ${about.site}，${beijing(about.from)} 起，${beijing(about.to)} 止（不含）` : '',
    period: () =>
      about.kind === 'period' ? `全部站点，${beijing(about.from)} 起，${beijing(about.to)} 止（不含）` : '',
  }[about.kind]();
  const lines = told.map(({ position, envelope: { time, actor }, subject, events }) => {
    const who = actor.name ? `${actor.name}（${actor.id}）` : actor.id;
    return `${position}\t${beijing(time)}\t${who}\t${subject}\t${events.map(toldOf).join(' + ')}`;
  });
  return `同声 · 证据包

内容：${what}
制作：${beijing(madeAt)}（北京时间，下同）
原始记录：${told.length} 条，在 records/ 中，文件名为日志位置
证据文件：${objects} 个，在 objects/ 中，文件名为其 SHA-256
检查点：覆盖日志前 ${checkpoint.size} 条，签名于 ${beijing(checkpoint.signedAt)}
签名公钥：${key.keyId}（${key.algorithm}）

本摘要只为便于阅读；证明以原始记录为准，核对方法见 VERIFY.md。

位置	时间	何人	归属	何事
${lines.join('\n')}
`;
}

/** How somebody checks a pack who has nothing of ours: in words, and as commands that can be run as they stand. */
export function procedure({ keyId, algorithm }: PublicKey): string {
  const digest = algorithm === 'sm2-sm3' ? ' -digest sm3' : '';
  return `# 验证说明

本证据包不需要同声系统即可核对。需要：\`sh\`、GNU coreutils（8.31 及以上，含 \`sha256sum\`、\`basenc\`）、OpenSSL 3。
解开压缩包，进入其文件夹，**依次执行下列各段命令**（也可以存成一个脚本用 \`sh\` 执行）。任何一步报错或不符，即为核对不通过；
全部通过时，最后一行是“核对通过”。

## 一、文件没有损坏

每个文件的 SHA-256 都与清单一致。

\`\`\`sh
set -eu
export LC_ALL=C
fail() { echo "核对不通过：$*" >&2; exit 1; }
sha256sum --quiet --strict -c SHA256SUMS || fail "有文件被改动"
\`\`\`

## 二、公钥是签名单位的公钥

请从本包以外的途径（公文、网站、电话）取得该单位公布的密钥编号，与下面打印的编号对照。本包制作时的编号为
\`${keyId}\`。

\`\`\`sh
id=$(openssl pkey -pubin -in key.pem -outform DER | sha256sum | cut -c 1-32)
echo "签名公钥编号：$id"
\`\`\`

## 三、检查点的签名有效

检查点 \`checkpoint.txt\` 共四行：来源、日志条数、日志的 Merkle 树根（base64）、签名时间。

\`\`\`sh
openssl pkeyutl -verify -pubin -inkey key.pem -rawin${digest} -in checkpoint.txt -sigfile checkpoint.sig || fail "签名无效"
size=$(head -n 2 checkpoint.txt | tail -n 1)
root=$(head -n 3 checkpoint.txt | tail -n 1 | base64 -d | basenc --base16 -w 0 | tr A-F a-f)
\`\`\`

## 四、每条记录确在这份日志的这个位置上

日志按 RFC 6962 组成 Merkle 树：第 n 条记录是第 n − 1 片叶，叶 = SHA-256(0x00 ‖ 记录的 SHA-256)，上一层
= SHA-256(0x01 ‖ 左 ‖ 右)。\`proof/0.txt\` 起逐层向上，每行是“上层序号 左 右”：\`.\` 取下一层算得的值，\`-\` 表示没有右边。
算到最后只剩一个值，必须等于检查点中的树根。

\`\`\`sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# 读入十六进制，每 $1 字节一段，写出每段的 SHA-256
hashes() {
  rm -rf "$work/cut"; mkdir "$work/cut"
  tr -d '\\n' | tr a-f A-F | basenc -d --base16 | split -b "$1" -a 6 - "$work/cut/"
  (cd "$work/cut" && sha256sum -- *) | cut -c 1-64
}
for folder in records/*; do (cd "$folder" && sha256sum -- *); done > "$work/records"
while read -r hash name; do
  position=\${name#"\${name%%[!0]*}"}
  [ "$position" -ge 1 ] && [ "$position" -le "$size" ] || fail "位置 $position 不在检查点之内"
  echo $((position - 1)) >&3
  echo "00$hash"
done < "$work/records" 3> "$work/indices" > "$work/leaves"
hashes 33 < "$work/leaves" > "$work/values"
paste -d ' ' "$work/indices" "$work/values" > "$work/nodes"

level=0
width=$size
while [ "$width" -gt 1 ]; do
  : > "$work/pairs"; : > "$work/above"; lone=
  exec 4< "$work/nodes"
  while read -r parent left right; do
    if [ "$left" = . ]; then
      read -r index left <&4 || fail "第 $level 层缺少值"
      [ "$index" -eq $((2 * parent)) ] || fail "第 $level 层次序不符"
    fi
    if [ "$right" = . ]; then
      read -r index right <&4 || fail "第 $level 层缺少值"
      [ "$index" -eq $((2 * parent + 1)) ] || fail "第 $level 层次序不符"
    fi
    if [ "$right" = - ]; then
      [ $((2 * parent + 1)) -eq "$width" ] || fail "第 $level 层缺少右边"
      lone=$left
    else
      echo "01$left$right" >> "$work/pairs"
    fi
    echo "$parent" >> "$work/above"
  done < "proof/$level.txt"
  if read -r index left <&4; then fail "第 $level 层有多余的值"; fi
  exec 4<&-
  : > "$work/values"
  if [ -s "$work/pairs" ]; then hashes 65 < "$work/pairs" > "$work/values"; fi
  if [ -n "$lone" ]; then echo "$lone" >> "$work/values"; fi
  paste -d ' ' "$work/above" "$work/values" > "$work/nodes"
  level=$((level + 1))
  width=$(((width + 1) / 2))
done
[ "$(cat "$work/nodes")" = "0 $root" ] || fail "记录与检查点不符：有记录被改动、增删或移位"
\`\`\`

## 五、每个证据文件确为记录所指

证据文件以其 SHA-256 为名；\`objects.txt\` 每行是“文件名 位置”，该位置的记录中写有这个名字。

\`\`\`sh
while read -r hash position; do
  [ "$(sha256sum "objects/$hash" | cut -c 1-64)" = "$hash" ] || fail "证据文件 $hash 被改动"
  case $(cat records/*/"$(printf %012d "$position")") in
    *"$hash"*) ;;
    *) fail "位置 $position 的记录没有提到 $hash" ;;
  esac
done < objects.txt
echo "核对通过"
\`\`\`

## 怎样读一条记录

\`records/\` 中每个文件是一条记录的原始字节：第一行是归属（\`ev.聚合.站点.编号\`），其后是 \`ce-\` 开头的 CloudEvents 属性（何时、何人、
因何，\`ce-previoushash\` 是同一对象前一条记录的 SHA-256），空行之后是正文（JSON）。用 \`cat\` 即可阅读；\`ce-actorname\` 中的
\`%XX\` 是 UTF-8 百分号编码。
`;
}
