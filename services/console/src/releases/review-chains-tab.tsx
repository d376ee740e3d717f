import { useQueryClient } from '@tanstack/react-query';
import {
  releaseChainIdOf,
  reviewStep,
  signingRole,
  usualRoles,
  type ReviewAct,
  type ReviewStep,
} from '@tongsheng/contracts';
import { useState, type KeyboardEvent, type ReactElement } from 'react';
import { decide } from '../api/client.ts';
import type { KindReview, Reviews } from '../api/reviews.ts';
import { announce } from '../parts/announcer.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { sayError } from '../parts/states.tsx';
import { hasRole, useMe } from '../session.ts';
import { useWords } from '../words/index.ts';
import { hoursIn } from './hours.ts';
import { PastOf } from './past-of.tsx';
import { SeatNames, Standstill } from './seats.tsx';

/** The chains of a site, kind by kind, and who could take each step at this moment. */
export function ReviewChainsTab(props: { site: string; book: Reviews; mayEdit: boolean }): ReactElement {
  const t = useWords();
  const { site, book, mayEdit } = props;
  const [editing, setEditing] = useState<KindReview | null>(null);
  return (
    <>
      <p className="hint">{t('signing.chainsHint')}</p>
      <table className="table" data-testid="review-chains">
        <thead>
          <tr>
            <th>{t('releases.colKind')}</th>
            <th>{t('signing.colFull')}</th>
            <th>{t('signing.colUrgent')}</th>
            <th>{t('signing.colLimit')}</th>
            <th>{t('signing.colFrom')}</th>
            {mayEdit && <th>{t('signing.colEdit')}</th>}
          </tr>
        </thead>
        <tbody>
          {book.kinds.map((each) => (
            <tr key={each.kind}>
              <td>
                <span className={`tag tag-${each.kind}`}>{t(`kind.${each.kind}`)}</span>
              </td>
              <td>
                <PathCell path={each.paths.full} />
              </td>
              <td>{each.paths.urgent ? <PathCell path={each.paths.urgent} /> : t('signing.noUrgent')}</td>
              <td>{each.paths.urgent ? hoursOf(each.debtLimit, t) : '—'}</td>
              <td>{t(`signing.from.${each.from}`)}</td>
              {mayEdit && (
                <td>
                  <button
                    type="button"
                    className="button"
                    onClick={() => setEditing(each)}
                    data-testid={`edit-${each.kind}`}
                  >
                    {t('signing.edit')}
                  </button>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {editing && <ChainDialog key={editing.kind} site={site} start={editing} onClose={() => setEditing(null)} />}
    </>
  );
}

function PathCell({ path }: { path: KindReview['paths']['full'] }): ReactElement {
  const t = useWords();
  return (
    <>
      <ol className="path path-row">
        {path.steps.map(({ step, seats }) => (
          <li key={step}>
            <strong>{t(`release.step.${step}`)}</strong> <SeatNames seats={seats} />
          </li>
        ))}
      </ol>
      {path.standstill && <Standstill standstill={path.standstill} />}
    </>
  );
}

const hoursOf = (limit: string, t: ReturnType<typeof useWords>) => t('signing.hours', { n: hoursIn(limit) });

/** The steps of a path in their one order; what cannot be left out is always there. */
const always: readonly ReviewStep[] = ['confidentiality', 'sign'];
const inOrder = (acts: readonly ReviewAct[]): ReviewAct[] =>
  reviewStep.options.flatMap((step) => acts.filter((act) => act.step === step));
const withoutSeats = (path: KindReview['paths']['full']): ReviewAct[] =>
  path.steps.map(({ step, roles }) => ({ step, roles }));

function ChainDialog(props: { site: string; start: KindReview; onClose: () => void }): ReactElement {
  const t = useWords();
  const me = useMe();
  const client = useQueryClient();
  const { site, start, onClose } = props;
  const [acts, setActs] = useState(() => withoutSeats(start.paths.full));
  const [urgent, setUrgent] = useState(() => start.paths.urgent && withoutSeats(start.paths.urgent));
  const [hours, setHours] = useState(hoursIn(start.debtLimit));
  const [everywhere, setEverywhere] = useState(false);
  const [busy, setBusy] = useState(false);
  const [told, setTold] = useState<string | null>(null);
  const noRole = acts.find(({ roles }) => roles.length === 0);
  const wrong = noRole
    ? t('signing.needRole', { step: t(`release.step.${noRole.step}`) })
    : !Number.isInteger(hours) || hours < 1 || hours > 720
      ? t('signing.needHours')
      : null;
  const save = async (enabled: boolean) => {
    if (busy || (enabled && wrong !== null)) return;
    setBusy(true);
    setTold(null);
    try {
      const releaseChain = {
        site: everywhere ? '*' : site,
        kind: start.kind,
        acts: inOrder(acts),
        urgent:
          urgent && inOrder(urgent).map(({ step, roles }) => acts.find((act) => act.step === step) ?? { step, roles }),
        debtLimit: `PT${hours}H`,
        enabled,
      };
      await decide({ type: 'release_chain.register', releaseChain });
      announce('done', t('signing.chainSaved', { kind: t(`kind.${start.kind}`) }));
      void client.invalidateQueries({ queryKey: ['reviews'] });
      onClose();
    } catch (caught) {
      setTold(sayError(caught, t));
      setBusy(false);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && event.ctrlKey && !event.nativeEvent.isComposing) void save(true);
  };
  const toggle = (list: ReviewAct[], step: ReviewStep, on: boolean) =>
    on ? inOrder([...list, { step, roles: usualRoles[step] }]) : list.filter((act) => act.step !== step);
  return (
    <Dialog title={t('signing.chainTitle', { kind: t(`kind.${start.kind}`) })} onClose={onClose} wide>
      <div onKeyDown={onKeyDown} data-testid="chain-dialog">
        <table className="table">
          <thead>
            <tr>
              <th>{t('signing.colFull')}</th>
              <th>{t('signing.colRoles')}</th>
              {urgent && <th>{t('signing.colUrgent')}</th>}
            </tr>
          </thead>
          <tbody>
            {reviewStep.options.map((step) => {
              const act = acts.find((each) => each.step === step);
              return (
                <tr key={step}>
                  <td>
                    <label className="check">
                      <input
                        type="checkbox"
                        checked={act !== undefined}
                        disabled={always.includes(step)}
                        onChange={({ target }) => {
                          setActs(toggle(acts, step, target.checked));
                          if (!target.checked) setUrgent(urgent && toggle(urgent, step, false));
                        }}
                        data-testid={`step-${step}`}
                      />{' '}
                      {t(`release.step.${step}`)}
                    </label>
                  </td>
                  <td className="roles">
                    {act &&
                      signingRole.options.map((role) => (
                        <label key={role} className="check">
                          <input
                            type="checkbox"
                            checked={act.roles.includes(role)}
                            onChange={({ target }) =>
                              setActs(
                                acts.map((each) =>
                                  each.step === step
                                    ? {
                                        step,
                                        roles: target.checked
                                          ? [...each.roles, role]
                                          : each.roles.filter((one) => one !== role),
                                      }
                                    : each,
                                ),
                              )
                            }
                          />{' '}
                          {t(`review.role.${role}`)}
                        </label>
                      ))}
                  </td>
                  {urgent && (
                    <td>
                      <input
                        type="checkbox"
                        aria-label={`${t('signing.colUrgent')} ${t(`release.step.${step}`)}`}
                        checked={urgent.some((each) => each.step === step)}
                        disabled={always.includes(step) || act === undefined}
                        onChange={({ target }) => setUrgent(toggle(urgent, step, target.checked))}
                      />
                    </td>
                  )}
                </tr>
              );
            })}
          </tbody>
        </table>
        <label className="check">
          <input
            type="checkbox"
            checked={urgent !== null}
            onChange={({ target }) =>
              setUrgent(target.checked ? acts.filter(({ step }) => always.includes(step)) : null)
            }
            data-testid="has-urgent"
          />{' '}
          {t('signing.mayHurry')}
        </label>
        {urgent && (
          <label className="field">
            <span>{t('signing.limit')}</span>
            <input
              type="number"
              min={1}
              max={720}
              value={hours}
              onChange={({ target }) => setHours(Number(target.value))}
              data-testid="debt-hours"
            />
          </label>
        )}
        {hasRole(me, 'manager', 'admin') && me.sites.includes('*') && (
          <label className="check">
            <input type="checkbox" checked={everywhere} onChange={({ target }) => setEverywhere(target.checked)} />{' '}
            {t('signing.everywhere')}
          </label>
        )}
        <p className="hint">{t('signing.neverSkipped')}</p>
        {(wrong ?? told) && (
          <p className="alarm-gap" role="alert">
            {wrong ?? told}
          </p>
        )}
        {start.from === 'site' && <PastOf kind="release_chain" id={releaseChainIdOf({ site, kind: start.kind })} />}
        <div className="dialog-actions">
          {start.from === 'site' && (
            <button type="button" className="button button-danger" disabled={busy} onClick={() => void save(false)}>
              {t('signing.backToUsual')}
            </button>
          )}
          <button type="button" className="button" onClick={onClose}>
            {t('app.cancel')} <kbd>Esc</kbd>
          </button>
          <button
            type="button"
            className="button button-primary"
            disabled={busy || wrong !== null}
            onClick={() => void save(true)}
            data-testid="save-chain"
          >
            {t('rules.save')} <kbd>Ctrl Enter</kbd>
          </button>
        </div>
      </div>
    </Dialog>
  );
}
