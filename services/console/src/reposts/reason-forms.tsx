import type { ReactElement } from 'react';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { useWords, type Word } from '../words/index.ts';

/** What is done only with a reason in writing. */
export type Writing = 'exempt' | 'keep' | 'refuse' | 'return';

type Form = { command: string; title: Word; hint: Word; label: Word; placeholder?: Word; send: Word; said: Word };
const forms: Record<Writing, Form> = {
  exempt: {
    command: 'repost.request_exemption',
    title: 'task.exemptTitle',
    hint: 'task.exemptHint',
    label: 'task.reason',
    placeholder: 'task.reasonHint',
    send: 'task.exemptSend',
    said: 'task.exemptSent',
  },
  // Keeping what its source took back is the same as being let off taking it down.
  keep: {
    command: 'repost.request_exemption',
    title: 'retract.keepTitle',
    hint: 'retract.keepHint',
    label: 'task.reason',
    placeholder: 'retract.keepReason',
    send: 'task.exemptSend',
    said: 'retract.keepSent',
  },
  refuse: {
    command: 'repost.refuse_exemption',
    title: 'task.refuseTitle',
    hint: 'task.refuseHint',
    label: 'task.reason',
    send: 'task.refuse',
    said: 'task.refused',
  },
  return: {
    command: 'repost.return',
    title: 'return.title',
    hint: 'return.hint',
    label: 'return.reason',
    placeholder: 'return.reasonHint',
    send: 'return.do',
    said: 'return.done',
  },
};

export function ReasonForm(props: {
  of: Writing;
  onSend: (command: string, fields: { reason: string }, said: string) => Promise<void>;
  onClose: () => void;
}): ReactElement {
  const t = useWords();
  const { command, title, hint, label, placeholder, send, said } = forms[props.of];
  return (
    <ReasonDialog
      title={t(title)}
      hint={t(hint)}
      label={t(label)}
      {...(placeholder && { placeholder: t(placeholder) })}
      send={t(send)}
      onClose={props.onClose}
      onSend={(reason) => props.onSend(command, { reason }, t(said))}
    />
  );
}
