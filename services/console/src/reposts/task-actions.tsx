import type { RepostRow } from '@tongsheng/contracts';
import type { ReactElement, ReactNode } from 'react';
import { useMe } from '../session.ts';
import { precise } from '../time.ts';
import { useWords, type Word } from '../words/index.ts';

/** Something that can be done: what it is called, its key, and doing it. */
export type Action = { name: string; says: Word; key: string; run: () => void; pressed?: boolean };

/** What can be done about a task: the rest on the left, what is asked of one on the right, far from each other. */
export function TaskActions(props: {
  row: RepostRow;
  actions: readonly Action[];
  /** Shown before them. */
  asked?: ReactNode;
  /** What is asked for, and why it can't be done now. */
  main: (Action & { whyNot: string | null; disabled: boolean; isDanger?: boolean }) | null;
}): ReactElement {
  const { row, actions, asked, main } = props;
  const t = useWords();
  return (
    <footer className="actions" data-testid="actions">
      <div className="actions-left">
        {asked}
        {actions.map(({ name, says, key, run, pressed }) => (
          <button
            key={name}
            type="button"
            className={pressed === undefined ? 'button' : 'button button-quiet'}
            aria-pressed={pressed}
            onClick={run}
            data-testid={name}
          >
            {t(says)} <kbd>{key}</kbd>
          </button>
        ))}
      </div>
      {main ? (
        <>
          <span className="actions-text">{main.whyNot}</span>
          <button
            type="button"
            className={main.isDanger ? 'button button-danger button-approve' : 'button button-primary button-approve'}
            aria-disabled={main.disabled}
            title={main.whyNot ?? undefined}
            onClick={main.run}
            data-testid={main.name}
          >
            {t(main.says)} <kbd>{main.key}</kbd>
          </button>
        </>
      ) : (
        <Outcome row={row} />
      )}
    </footer>
  );
}

/** What became of a decided task, with its proof. */
function Outcome({ row }: { row: RepostRow }): ReactElement {
  const t = useWords();
  const { removal, withdrawn, url, verifiedAt } = row;
  const isDown = withdrawn !== null || row.state === 'removed';
  return (
    <span className="actions-text" data-testid="outcome">
      {row.exemptedBy && t('task.alreadyExempted', { name: row.exemptedBy })}
      {row.approvedBy &&
        row.approvedAt &&
        t('task.approvedBy', { name: row.approvedBy, time: precise(row.approvedAt) })}
      {removal && <span>{t('retract.by', { name: removal.byName, time: precise(removal.at) })}</span>}
      {withdrawn && withdrawn.status !== null && (
        <span className="proof">
          ✓ {t('retract.proven', { time: precise(withdrawn.at), status: withdrawn.status })}
        </span>
      )}
      {verifiedAt && !isDown && <span className="proof">✓ {t('task.verifiedAt', { time: precise(verifiedAt) })}</span>}
      {url && (
        <a href={url} target="_blank" rel="noreferrer noopener">
          {t(isDown ? 'retract.where' : 'task.openPage')}
        </a>
      )}
    </span>
  );
}

/** An exemption, or the keeping of what its source took back, that a second person has to sign. */
export function ExemptionActions(props: {
  row: RepostRow;
  may: boolean;
  onSign: () => void;
  onRefuse: () => void;
}): ReactElement | null {
  const t = useWords();
  const me = useMe();
  const { exemption, retract } = props.row;
  if (!exemption) return null;
  const { byName: name, requestedAt, reason } = exemption;
  return (
    <>
      <span className="actions-text" data-testid="exemption">
        {t(retract ? 'retract.keepAsked' : 'task.exemptAsked', { name, time: precise(requestedAt), reason })}
        {exemption.by === me.personId && ` ${t('task.ownExemption')}`}
      </span>
      {props.may && (
        <>
          <button type="button" className="button" onClick={props.onRefuse}>
            {t('task.refuse')}
          </button>
          <button type="button" className="button" onClick={props.onSign} data-testid="countersign">
            {t('task.countersign')}
          </button>
        </>
      )}
    </>
  );
}
