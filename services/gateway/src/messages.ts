import type { RefusalCode } from '@tongsheng/contracts';
import { inspectionMessages } from './inspection-messages.ts';
import { loginMessages } from './login-messages.ts';

export type Language = 'zh' | 'en';

/** What a refusal says to a person: what happened and what to do. */
const messages: Record<RefusalCode, Record<Language, string>> = {
  command_invalid: {
    zh: '内容不完整或格式不对，请按提示修改后再试。',
    en: 'Something is missing or malformed; correct it as shown and try again.',
  },
  sign_in_required: { zh: '请先登录。', en: 'Please sign in.' },
  sign_in_failed: { zh: '用户名或密码不对。', en: 'The name or the password is wrong.' },
  sign_in_locked: { zh: '多次登录失败，请稍候再试。', en: 'Too many failed attempts; please wait and try again.' },
  session_expired: { zh: '登录已过期，请重新登录。', en: 'Your session has ended; please sign in again.' },
  role_missing: {
    zh: '您的角色不能做这件事，请联系管理员授权。',
    en: 'Your role may not do this; ask an administrator.',
  },
  site_forbidden: {
    zh: '您不负责这个站点，请联系管理员授权。',
    en: 'You do not work for this site; ask an administrator.',
  },
  origin_refused: {
    zh: '请求来源不符，已拒绝。请刷新页面后再试。',
    en: 'The request did not come from the console; reload the page and try again.',
  },
  not_found: { zh: '没有找到。', en: 'Not found.' },
  no_answer: {
    zh: '后台没有及时答复，事情可能已办也可能未办；再点一次不会重复办理。',
    en: 'No answer in time; it may or may not be done. Trying again will not do it twice.',
  },
  log_full: {
    zh: '存储空间已满，暂时什么都不能办；已办的都在，一件不少。请系统管理员腾出磁盘空间或调大存储上限（NATS_MAX_BYTES），之后再点一次即可，不会重复办理。',
    en: 'There is no room left: nothing can be done for now, and nothing that was done is lost. An administrator must free disk space or raise NATS_MAX_BYTES; then press again, it will not be done twice.',
  },
  stale_view: { zh: '页面数据正在重建，请稍候。', en: 'The view is being rebuilt; please wait a moment.' },
  registration_missing: { zh: '没有这项登记。', en: 'There is no such registration.' },
  routing_missing: { zh: '没有这条稿件的分派记录。', en: 'There is no routing record of this item.' },
  routing_closed: {
    zh: '这条稿件已分派给站点。不转载的，请在任务上申请豁免。',
    en: 'This item is owed already. To leave it out, ask for an exemption on its task.',
  },
  routing_no_site: { zh: '请至少选一个站点。', en: 'Choose at least one site.' },
  cluster_missing: { zh: '没有这个同策归并。', en: 'There is no such policy cluster.' },
  cluster_alone: { zh: '归并里只有这一条稿件，无可拆分。', en: 'The item is alone; there is nothing to split.' },
  cluster_merged: { zh: '这个归并已并入另一个，请刷新。', en: 'This cluster was merged into another; reload.' },
  repost_missing: { zh: '没有这条转载任务。', en: 'There is no such repost task.' },
  repost_already_approved: { zh: '已有人先同意转载。', en: 'Someone approved it first.' },
  repost_already_closed: {
    zh: '这条任务已了结（豁免或撤下），不能再办。',
    en: 'This task is closed: it was exempted or withdrawn.',
  },
  repost_going_out: {
    zh: '已经开始发布，不能撤回。如需撤下，请在发布后办理。',
    en: 'It is going out already and can’t be taken back. Once it is published it can be withdrawn.',
  },
  repost_merged: {
    zh: '这条任务已与同一政策的另一条合并，请在那一条上办理。',
    en: 'This task was merged with another one of the same policy; decide there.',
  },
  repost_changed: {
    zh: '来源刚刚改动了这篇稿件，请看过新版本再决定。',
    en: 'The source has changed it; look at the new version first.',
  },
  repost_not_approved: { zh: '还没有人同意转载。', en: 'Nobody has approved it yet.' },
  repost_source_withdrawn: {
    zh: '来源已撤回这篇稿件，不能再转载；可改用仍在的来源。',
    en: 'Its source took it back; choose a source that still has it.',
  },
  repost_retract_not_due: { zh: '这条任务没有需要撤下的页面。', en: 'Nothing of this task has to be taken down.' },
  repost_retract_decided: { zh: '已有人决定撤下。', en: 'Someone has decided to take it down.' },
  repost_not_removed: { zh: '页面还没有撤下。', en: 'The page has not been taken down yet.' },
  repost_not_published: { zh: '还没有发布。', en: 'It has not been published yet.' },
  repost_edited: {
    zh: '同事刚改过我站文字，请看过之后再决定。',
    en: 'A colleague has just edited our text; look at it before you decide.',
  },
  repost_edit_old: {
    zh: '来源在我站改字之后又改了原文，请按新版本重新修改，或放弃我站的修改。',
    en: 'The source changed the item after it was edited here; edit the new version, or drop our edit.',
  },
  repost_unfaithful: {
    zh: '改动过大，已经认不出原文。转载须保持原文，请减少改动。',
    en: 'This changes too much: the original must stay recognisable. Change less.',
  },
  review_not_begun: {
    zh: '还没有人签字，没有可退回的。',
    en: 'Nobody has signed yet; there is nothing to return.',
  },
  review_other_text: {
    zh: '前一环节签的是另一来源的文字，请切换到那一来源再签，或退回。',
    en: 'The act before signed the text of another source; switch to that one, or return the task.',
  },
  review_same_person: {
    zh: '您已签过前面的环节，后面的环节须由他人签字。',
    en: 'You signed an earlier act; another person must do this one.',
  },
  exemption_missing: { zh: '没有人申请过豁免。', en: 'Nobody has asked for an exemption.' },
  exemption_pending: { zh: '已有豁免申请，正等第二人会签。', en: 'An exemption already waits for a second person.' },
  exemption_own: {
    zh: '豁免须由第二人会签，申请人不能自己签。',
    en: 'A second person must sign; you asked for it yourself.',
  },
  release_missing: { zh: '没有这篇稿件。', en: 'There is no such release.' },
  release_exists: { zh: '这篇稿件已存在。', en: 'This release already exists.' },
  release_changed: {
    zh: '稿件已被改动，请看过新内容再继续。',
    en: 'The draft has changed; look at it before going on.',
  },
  release_wrong_step: { zh: '稿件不在这一步，不能这样办。', en: 'The release is not at this step.' },
  release_same_person: {
    zh: '撰稿和各道审签必须是不同的人。',
    en: 'Drafting and each review must be different people.',
  },
  release_no_channel: { zh: '请至少选一个投递渠道。', en: 'Choose at least one channel.' },
  release_not_drafter: { zh: '只有撰稿人能这样办。', en: 'Only the drafter may do this.' },
  release_file_missing: {
    zh: '正文里有图片还没有上传。请在缺图处上传图片，或删去该处，再送审。',
    en: 'A picture of the text was never uploaded. Upload it where it is missing, or remove it there.',
  },
  release_picture_unnamed: {
    zh: '有图片没有文字说明。请为每张图片写明画的是什么，再送审。',
    en: 'A picture has no description. Say of each what it shows.',
  },
  file_not_picture: {
    zh: '这个文件不是可用的图片（只认内容，不看扩展名）。请用画图或看图软件另存为 JPG 或 PNG 后再上传。',
    en: 'This file is no picture that can be used (its content counts, not its name). Save it as JPG or PNG and try again.',
  },
  file_not_recording: {
    zh: '这个文件不是可播放的音视频。请转为 MP3、M4A 或 MP4（H.264）后再上传。',
    en: 'This file can’t be played. Convert it to MP3, M4A or MP4 (H.264) and try again.',
  },
  file_type_refused: {
    zh: '不接受这种文件作附件。请用 PDF、OFD、Word、Excel、PPT、WPS、ZIP、文本或图片；带宏的文档请另存为不带宏的。',
    en: 'Files of this kind are not taken. Use PDF, OFD, Word, Excel, PowerPoint, WPS, ZIP, text or a picture, without macros.',
  },
  file_too_large: {
    zh: '文件太大：图片最多 20 MB，附件 50 MB，音视频 100 MB。请压缩或拆分后再上传。',
    en: 'The file is too large: pictures 20 MB, attachments 50 MB, recordings 100 MB. Compress or split it.',
  },
  picture_unreadable: {
    zh: '这张图片读不出尺寸，可能已损坏。请用画图或看图软件重新保存后再上传。',
    en: 'The size of this picture can’t be read; it may be damaged. Save it anew and try again.',
  },
  picture_too_many_pixels: {
    zh: '图片像素太多：最多 6400 万像素，每边不超过 20000。请缩小后再上传。',
    en: 'The picture has too many pixels: 64 million, 20,000 a side, are the most. Make it smaller.',
  },
  archive_unreadable: {
    zh: '这个压缩包或文档打不开，可能已损坏。请重新打包或另存后再上传。',
    en: 'This archive or document can’t be opened; it may be damaged. Pack or save it anew.',
  },
  archive_unmeasured: {
    zh: '这类压缩包（RAR、7Z、TAR、GZ，包括 ZIP 里套的）无法检查，请解开后改用 ZIP。',
    en: 'RAR, 7Z, TAR and GZ archives can’t be checked, nor inside a ZIP. Unpack them and use ZIP.',
  },
  archive_encrypted: {
    zh: '压缩包或文档加了密码，公众打不开，也无法检查。请去掉密码后再上传。',
    en: 'The archive or document has a password: it can’t be checked, and readers can’t open it. Take the password off.',
  },
  archive_paths: {
    zh: '压缩包里有不安全的文件名（如 ../ 或链接），解开时会写到别处。请重新打包。',
    en: 'The archive has unsafe names in it (such as ../ or links), which would unpack elsewhere. Pack it anew.',
  },
  archive_nested: {
    zh: '压缩包里层层套着压缩包，最多三层。请解开后重新打包。',
    en: 'Archives within archives, more than three deep. Unpack them and pack once.',
  },
  archive_too_many_files: {
    zh: '压缩包里文件太多：最多 5000 个。请分成几个包。',
    en: 'The archive has too many files: 5,000 are the most. Split it.',
  },
  archive_too_large: {
    zh: '压缩包解开后太大：最多 500 MB。请分成几个包。',
    en: 'The archive unpacks to too much: 500 MB are the most. Split it.',
  },
  archive_too_dense: {
    zh: '这个文件解开后是原来的 250 倍以上，像是“压缩炸弹”，没有收下。请确认来源后重新制作。',
    en: 'This file unpacks to more than 250 times its size, as a bomb does, and was not taken. Make sure where it is from, and make it anew.',
  },
  file_empty: { zh: '文件是空的，请重新选择。', en: 'The file is empty; choose another.' },
  release_not_yours: {
    zh: '这一步不归您的角色办理，您也没有受托代办。请联系有权的人，或登记外出代办。',
    en: 'This step is not for your role, and nobody who is away named you. Ask whoever may take it, or have a stand-in registered.',
  },
  release_nobody: {
    zh: '审批链上有一步没有人能办，送审后会停在那里。请管理员为本站点的人员授予相应角色，或登记外出代办。',
    en: 'Nobody could take one of the steps. Have an administrator grant the role at this site, or register a stand-in.',
  },
  release_not_urgent: {
    zh: '这类稿件没有设急件通道，请按全程送审，或请主管在“审签规则”里设置。',
    en: 'This kind has no urgent path. Submit it to the whole chain, or have a manager set one in the review rules.',
  },
  release_findings: {
    zh: '文中有不得使用的词句。请改掉，或说明理由后放行。',
    en: 'The text has passages that are forbidden. Change them, or say why they are right here.',
  },
  release_no_debt: { zh: '这篇稿件没有待补的审签。', en: 'No review is owed for this release.' },
  comment_missing: { zh: '这篇稿件上没有这条批注，请刷新。', en: 'There is no such comment on this release; reload.' },
  linked_missing: { zh: '没有这个联动发布。', en: 'There is no such linked release.' },
  linked_changed: {
    zh: '联动发布方案刚被改动，请看过新方案再继续。',
    en: 'The plan has just been changed; look at it before going on.',
  },
  linked_past: {
    zh: '发布时刻已经过去，请另定一个以后的时刻。',
    en: 'That moment is over; choose one that is still to come.',
  },
  linked_early: { zh: '还没到发布时刻。', en: 'It is not time yet.' },
  linked_committed: {
    zh: '已经发布，不能再改方案。需要更正或撤回的，请办理更正撤回。',
    en: 'It has gone out and can no longer be changed; correct or recall it instead.',
  },
  linked_cancelled: { zh: '这个联动发布已取消。', en: 'This linked release was cancelled.' },
  linked_same_person: {
    zh: '缺解读放行须由方案起草人以外的人签批。',
    en: 'Somebody who did not plan it must answer for the missing interpretation.',
  },
  linked_unsigned: {
    zh: '还有稿件没有签发。只有签发的稿件才能提前供稿。',
    en: 'Not every part is signed. The press gets early only what was signed.',
  },
  linked_not_part: { zh: '这篇稿件不在联动发布方案里。', en: 'This release is no part of the plan.' },
  release_no_interpretation: {
    zh: '政策文件须与解读同步发布：请先在联动发布方案里加入解读，或由有权人签批放行。',
    en: 'A policy goes out together with its interpretation: add one to the linked release, or have the lack waived.',
  },
  report_no_printer: {
    zh: '这台机器上没有可以生成 PDF 的浏览器，请安装 Chromium，或改用 XLSX、CSV 或直接打印页面。',
    en: 'This machine has no browser to make a PDF with. Install Chromium, or take XLSX or CSV, or print the page.',
  },
  report_missing: { zh: '没有这份报表，请先新建。', en: 'There is no such report; open it first.' },
  report_locked: {
    zh: '报表已送审或已签批，不能再改。要改请先退回；签批之后只能补充说明。',
    en: 'It was handed in or approved and can no longer be changed. Return it first; once approved, add a note instead.',
  },
  report_period_running: {
    zh: '这一期还没有结束（到 {to}），数字还会变，期满后才能送审。',
    en: 'Its period is not over (until {to}); its figures still move. Hand it in afterwards.',
  },
  report_incomplete: {
    zh: '还有 {count} 项既没有填写也没有说明，不能送审。请逐项填写，或写明为什么填不了。',
    en: 'Of its entries {count} are neither filled nor explained. Fill them, or say why they cannot be known.',
  },
  report_changed: {
    zh: '报表在您看过之后又有改动，请看过新的一稿再办。',
    en: 'It was changed since you read it. Read the new version first.',
  },
  report_same_person: {
    zh: '填报人和审批人必须是不同的人。',
    en: 'Whoever filled it in cannot approve it.',
  },
  report_not_submitted: { zh: '报表还没有送审。', en: 'It was not handed in yet.' },
  report_field_unknown: { zh: '这张表里没有“{field}”这一项。', en: 'The form has no entry “{field}”.' },
  report_reason_missing: {
    zh: '填写的“{field}”与系统记录不一致，请写明理由。',
    en: 'What you give for “{field}” differs from the log; say why.',
  },
  rumor_missing: { zh: '没有这条谣言线索。', en: 'There is no such rumor case.' },
  rumor_not_assessed: { zh: '请先研判，再办下一步。', en: 'Assess it first.' },
  rumor_not_false: {
    zh: '属实或尚不清楚的说法不能辟谣；可先关注，查清后再研判。',
    en: 'What is true or unclear can’t be rebutted; watch it, and assess it again once it is clear.',
  },
  rumor_rebutted: { zh: '这条谣言已经辟谣。', en: 'This rumor was rebutted already.' },
  rumor_owed: {
    zh: '已决定辟谣，辟谣稿发布前不能办结。',
    en: 'A rebuttal was decided; the case can’t be closed before it is out.',
  },
  auditor_reads_only: {
    zh: '审计角色查看一切，但不能办理任何事项。',
    en: 'An auditor reads everything and changes nothing.',
  },
  correction_missing: { zh: '没有这条纠错。', en: 'There is no such correction.' },
  correction_answered: { zh: '这条纠错已经答复。', en: 'This correction was answered already.' },
  correction_not_accepted: {
    zh: '请先受理、转办或并案，再按相应结果答复。',
    en: 'Accept, forward or fold it first, and answer to match.',
  },
  correction_spam: {
    zh: '这条已标为无效信息，请先恢复。',
    en: 'It is marked as spam; restore it first.',
  },
  correction_same: {
    zh: '不能并入它自己，或已并入它的纠错。',
    en: 'It can’t be folded into itself, or into one that was folded into it.',
  },
  rumor_closed: { zh: '这条线索已办结。', en: 'This case is closed.' },
  submission_missing: { zh: '没有这条报送。', en: 'There is no such submission.' },
  submission_wrong_side: { zh: '这一步不由您所在的单位办理。', en: 'That is for the other side to do.' },
  submission_own: { zh: '自己提出的方案须由对方同意。', en: 'The other side has to agree to what you proposed.' },
  submission_closed: { zh: '这条报送已办结。', en: 'This submission has ended.' },
  submission_changed: {
    zh: '已有新的方案，请看过再答复。',
    en: 'Another proposal is on the table; look at it first.',
  },
  submission_slot_past: {
    zh: '商定的时刻已经过去，请另提一个时刻。',
    en: 'That moment is over; propose another one.',
  },
  neighbour_unreachable: {
    zh: '与对方的线路中断，这次没有送到。请在线路恢复后再办；“健康”页显示线路情况。',
    en: 'The link with the other side is cut, and it was not told. Try again once it is back; Health shows how it stands.',
  },
  delivery_missing: { zh: '没有这条投递。', en: 'There is no such delivery.' },
  delivery_closed: { zh: '这条投递已结束。', en: 'This delivery has ended.' },
  delivery_not_due: { zh: '还没到再次投递的时间。', en: 'It is not due for another attempt yet.' },
  delivery_not_unknown: { zh: '这条投递的结果并非未知。', en: 'The outcome of this delivery is not unknown.' },
  delivery_attempt_mismatch: { zh: '这次投递的状态已变，请刷新。', en: 'This delivery has moved on; reload.' },
  delivery_begun: { zh: '已经开始投递，不能取消。', en: 'It is being delivered already and can’t be cancelled.' },
  delivery_not_assigned: { zh: '这条投递不是由人工代发的。', en: 'This delivery is not one that a person hands over.' },
  delivery_halted: {
    zh: '这条投递的内容已更正或撤回，不能再发。',
    en: 'Its content was corrected or withdrawn since; it is not sent again.',
  },
  release_no_note: { zh: '请写明更正了什么：公众会看到。', en: 'Say what is corrected: the public will read it.' },
  release_not_public: {
    zh: '还没有公开，不需要更正或撤回。',
    en: 'It is not public: there is nothing to correct or withdraw.',
  },
  release_withdrawn: { zh: '这篇发布已撤回。', en: 'This release was withdrawn.' },
  recall_missing: {
    zh: '没有这项更正或撤回，或它已有了结果。',
    en: 'There is no such correction or withdrawal, or it is decided.',
  },
  recall_open: { zh: '已有人提出撤回，请先处理。', en: 'Its withdrawal is proposed already; decide that first.' },
  recall_same_person: {
    zh: '提出或决定的人不能自己复核，请换一人。',
    en: 'Who proposed or decided it can’t be the second person.',
  },
  recall_settled: { zh: '这一处已有结果。', en: 'This place is done with.' },
  delivery_not_askable: {
    zh: '此刻没有可向渠道核查的内容：该渠道不支持查询，或结果已经确定。',
    en: 'There is nothing to ask the channel: it can’t be asked, or the outcome is known.',
  },
  delivery_not_failed: { zh: '只有失败的投递可以重新投递。', en: 'Only a delivery that failed can be sent again.' },
  credential_refused: {
    zh: '平台拒绝了这个登录，重置熔断没有用。请先更新密钥，或处理后点“再试一次”。',
    en: 'The platform refuses this login; resetting the breaker would not help. Renew its secret, or mend it and try again.',
  },
  channel_not_askable: { zh: '这种渠道做不到，或它已不在。', en: 'This kind of channel can’t do that, or it is gone.' },
  credential_missing: { zh: '没有这个凭证的故障记录。', en: 'There is no trouble with this credential.' },
  quota_exhausted: { zh: '这个时段的配额已用完。', en: 'The quota of this period is used up.' },
  secret_missing: { zh: '请填写密钥：它还没有保存过。', en: 'Enter the secret: none is kept yet.' },
  secrets_no_key: {
    zh: '系统没有配置加密密钥，不能保存渠道的密钥。请管理员设置 SECRETS_KEY_FILE。',
    en: 'No key to encrypt secrets is configured. An administrator sets SECRETS_KEY_FILE.',
  },
  checkpoint_no_key: {
    zh: '系统没有配置检查点签名密钥，不能出具证据包。请管理员设置 CHECKPOINT_KEY_FILE。',
    en: 'No key that signs checkpoints is configured, so that no evidence pack can be made. An administrator sets CHECKPOINT_KEY_FILE.',
  },
  retention_not_over: {
    zh: '法规要求日志至少留存六个月，留存期未满，不能删除。',
    en: 'Logs are kept for six months by law; this one may not be deleted yet.',
  },
  alarm_missing: { zh: '没有这条告警。', en: 'There is no such alarm.' },
  alarm_closed: { zh: '这条告警已解除，不用再接手。', en: 'This alarm is over; nobody needs to take it.' },
  alarm_taken: { zh: '已有人先接手这条告警。', en: 'Someone took this alarm first.' },
  alarm_not_due: { zh: '还没到通知下一位的时间。', en: 'It is not yet time to tell the next person.' },
  ladder_missing: {
    zh: '这个站点对这种情形没有告警阶梯，无法演练。请先在“告警阶梯”中设置。',
    en: 'This site has no ladder for such an occasion. Set one first.',
  },
  handover_not_yours: {
    zh: '这个班次不是您的，只有当班人或备班人能交班。',
    en: 'This shift is not yours: whoever was on duty, or the substitute, hands it over.',
  },
  handover_own: {
    zh: '交班人不能自己接班，请由接班人签收。',
    en: 'Whoever handed it over does not accept it as well.',
  },
  handover_not_given: { zh: '这个班次还没有交班。', en: 'This shift was not handed over yet.' },
  handover_accepted: { zh: '这个班次已有人接班。', en: 'Somebody has accepted this shift already.' },
  incident_missing: { zh: '没有这个事件。', en: 'There is no such incident.' },
  incident_closed: {
    zh: '这个事件已办结。如有新情况，请先重新打开。',
    en: 'This incident is closed. Open it again first.',
  },
  incident_future: {
    zh: '时间在将来。只能登记已经发生的事。',
    en: 'That time is still to come. Note what has happened.',
  },
  incident_entry_missing: {
    zh: '更正必须指明它更正的那一条记录。',
    en: 'A correction must name the entry that it corrects.',
  },
  incident_referral_missing: { zh: '没有这条移送记录。', en: 'There is no such referral.' },
  incident_unreported: {
    zh: '这个事件还没有登记上报。请先登记上报；若并非事件，请按“误报”办结。',
    en: 'This incident was never reported. Note the report first, or close it as a false alarm.',
  },
  ...inspectionMessages,
  ...loginMessages,
  dead_letter_missing: {
    zh: '没有这条死信，可能已重放。',
    en: 'There is no such dead letter; it may have been replayed.',
  },
};

export const messageFor = (code: RefusalCode, language: Language): string => messages[code][language];

/** Chinese unless the browser asks for English first. */
export const languageOf = (acceptLanguage: string | undefined): Language =>
  /^\s*en\b/i.test(acceptLanguage ?? '') ? 'en' : 'zh';
