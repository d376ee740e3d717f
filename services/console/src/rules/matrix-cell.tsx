import type { RulebookView, SiteRow } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { Dialog } from '../parts/dialog.tsx';
import { hoursOf, limitOf, minutesOf } from '../parts/limit.ts';
import { useLimit } from '../parts/limit-words.ts';
import { useWords } from '../words/index.ts';
import { History } from './history.tsx';
import type { Cell } from './matrix-cells.ts';
import { useRegister } from './register.ts';

const effects = ['none', 'bound', 'free'] as const;

/** One cell opened: what binds the site to the source, by which clause, and what people say of it. */
export function MatrixCell(props: {
  site: SiteRow;
  source: RulebookView['sources'][number];
  cell: Cell | undefined;
  mayEdit: boolean;
  onClose: () => void;
}): ReactElement {
  const { site, source, cell, mayEdit, onClose } = props;
  const t = useWords();
  const limit = useLimit();
  const [history, setHistory] = useState(false);
  const owed = [...(cell?.owed ?? [])].sort((a, b) => minutesOf(a.limit) - minutesOf(b.limit));
  const override = cell?.override ?? null;
  const name = t('matrix.why', { site: site.name, source: source.name });
  if (history)
    return (
      <History
        kind="override"
        id={`${site.siteId}--${source.sourceId}`}
        name={name}
        onClose={() => setHistory(false)}
      />
    );
  return (
    <Dialog title={name} onClose={onClose} wide>
      {owed.length === 0 && (
        <p data-testid="cell-why">
          {override?.effect === 'free'
            ? t('matrix.freed', { reason: override.reason })
            : !source.publisher
              ? t('matrix.noneNoPublisher')
              : t(site.region ? 'matrix.noneWhy' : 'matrix.noneNoRegion')}
        </p>
      )}
      {owed.length > 0 && (
        <table className="table table-dense" data-testid="cell-why">
          <thead>
            <tr>
              <th>{t('rules.limit')}</th>
              <th>{t('matrix.colPolicy')}</th>
              <th>{t('matrix.colBecause')}</th>
            </tr>
          </thead>
          <tbody>
            {owed.map(({ policy, because, target, limit: within, columns, kinds }, i) => {
              const only = [...columns, ...kinds.map((kind) => t(`rules.kind.${kind}`))];
              return (
                <tr key={`${policy?.policyId ?? 'person'} ${String(i)}`}>
                  <td>
                    <strong>{limit(within)}</strong> <small>{t(`policies.target.${target}`)}</small>
                  </td>
                  <td className="cell-wide">
                    {policy ? policy.name : t('matrix.boundBy')}
                    {policy && <small className="basis">{policy.basis}</small>}
                  </td>
                  <td className="cell-wide">
                    {because}
                    {only.length > 0 && <small className="basis">{t('matrix.only', { what: only.join('、') })}</small>}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      {mayEdit ? (
        <Override site={site} source={source} cell={cell} onDone={onClose} onHistory={() => setHistory(true)} />
      ) : (
        <p className="hint">{t('rules.readOnly')}</p>
      )}
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          {t('app.close')} <kbd>Esc</kbd>
        </button>
      </div>
    </Dialog>
  );
}

/** People's own word on this site and this source, which needs a reason. */
function Override(props: {
  site: SiteRow;
  source: RulebookView['sources'][number];
  cell: Cell | undefined;
  onDone: () => void;
  onHistory: () => void;
}): ReactElement {
  const { site, source, cell, onDone, onHistory } = props;
  const t = useWords();
  const { busy, register } = useRegister();
  const said = cell?.override ?? null;
  const [effect, setEffect] = useState<(typeof effects)[number]>(said?.effect ?? 'none');
  const [hours, setHours] = useState(String(hoursOf(said?.limit ?? 'PT12H')));
  const [reason, setReason] = useState('');
  const [told, setTold] = useState(false);
  const wrong =
    reason.trim() === '' ? 'rules.need.reason' : Number(hours) > 0 && Number(hours) <= 720 ? null : 'rules.need.limit';
  const save = async () => {
    setTold(true);
    if (wrong) return;
    const override = {
      site: site.siteId,
      sourceId: source.sourceId,
      effect,
      limit: limitOf(Number(hours)),
      reason: reason.trim(),
    };
    const done = t('matrix.overridden', { site: site.name, source: source.name });
    if (await register([{ type: 'override.register', override }], done)) onDone();
  };
  return (
    <fieldset className="override">
      <legend>{t('matrix.override')}</legend>
      <p className="hint">
        {t('matrix.overrideHint')}{' '}
        {said && (
          <button type="button" className="link" onClick={onHistory}>
            {t('rules.history')}
          </button>
        )}
      </p>
      <div className="override-choice">
        {effects.map((each) => (
          <label key={each} className="check">
            <input
              type="radio"
              name="override"
              checked={effect === each}
              onChange={() => setEffect(each)}
              data-testid={`override-${each}`}
            />{' '}
            {t(`matrix.effect.${each}`)}
          </label>
        ))}
      </div>
      <div className="field-row">
        {effect === 'bound' && (
          <label className="field">
            <span>{t('rules.limitHours')}</span>
            <input
              type="number"
              min="0.25"
              max="720"
              step="any"
              value={hours}
              onChange={({ target }) => setHours(target.value)}
            />
          </label>
        )}
        <label className="field field-wide">
          <span>{t('rules.reason')}</span>
          <input
            value={reason}
            maxLength={500}
            aria-invalid={told && wrong === 'rules.need.reason'}
            onChange={({ target }) => setReason(target.value)}
            data-testid="override-reason"
          />
        </label>
      </div>
      {told && wrong && (
        <p className="banner banner-refused" role="alert">
          {t(wrong)}
        </p>
      )}
      <div className="dialog-actions">
        <button
          type="button"
          className="button button-primary"
          disabled={busy}
          onClick={() => void save()}
          data-testid="override-save"
        >
          {busy ? t('state.sending') : t('rules.save')}
        </button>
      </div>
    </fieldset>
  );
}
