import { useQuery } from '@tanstack/react-query';
import type { Act, Condition, ShownPublication } from '@tongsheng/contracts';
import { Fragment, type ReactElement } from 'react';
import * as views from '../api/views.ts';
import { Dialog } from '../parts/dialog.tsx';
import { useLimit } from '../parts/limit-words.ts';
import { useRegionName } from '../parts/region-field.tsx';
import { Empty, Pending } from '../parts/states.tsx';
import { useChainWords } from '../reposts/chain-words.ts';
import { minute } from '../time.ts';
import { useWords, wordFor, type Word } from '../words/index.ts';
import { conditionsInWords } from './condition-words.ts';
import { useValueWords } from './value-words.ts';
import { changesBetween } from './versions.ts';

/** Every version of a registration, newest first: who changed what, and when. */
export function History(props: {
  kind: views.Registered;
  id: string;
  name: string;
  onClose: () => void;
}): ReactElement {
  const { kind, id, name, onClose } = props;
  const t = useWords();
  const answer = useQuery(views.registrationHistory(kind, id));
  const rows = answer.data?.rows ?? [];
  const said = useFieldValue();
  return (
    <Dialog title={t('history.title', { name })} onClose={onClose} wide>
      <Pending of={answer} />
      {answer.data && rows.length === 0 && <Empty title={t('history.empty')} />}
      <ol className="versions" data-testid="versions" tabIndex={0} aria-label={t('history.title', { name })}>
        {rows
          .map(({ position, at, actor, facts }, i) => {
            const before = rows[i - 1]?.facts;
            const changes = before ? changesBetween(before, facts) : [];
            return (
              <li key={position}>
                <p className="versions-head">
                  <time dateTime={at}>{minute(at)}</time>
                  <strong>{actor.kind === 'service' ? t('actor.service') : (actor.name ?? actor.id)}</strong>
                  <span className="hint">#{position}</span>
                  {!before && <span>{t('history.created')}</span>}
                  {before && changes.length === 0 && <span>{t('history.same')}</span>}
                </p>
                <dl className="listed">
                  {changes.map(({ field, before: was, after: is }) => (
                    <div key={field}>
                      <dt>{said.field(field)}</dt>
                      <dd>
                        {t('history.before')} <del>{said.value(field, was)}</del> {t('history.after')}{' '}
                        <ins>{said.value(field, is)}</ins>
                      </dd>
                    </div>
                  ))}
                </dl>
              </li>
            );
          })
          .reverse()}
      </ol>
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          {t('app.close')} <kbd>Esc</kbd>
        </button>
      </div>
    </Dialog>
  );
}

/** A registered field and its value as a person would say them. */
function useFieldValue() {
  const t = useWords();
  const value = useValueWords();
  const limit = useLimit();
  const region = useRegionName();
  const chain = useChainWords();
  const words: Record<string, string> = {
    publisher: 'policies.relation',
    target: 'policies.target',
    effect: 'rule.effect',
    priority: 'rules.priority',
    level: 'rules.level',
    levels: 'rules.level',
  };
  const say = (field: string, of: unknown): string => {
    if (of === undefined || of === null || of === '') return t('rules.none');
    if (typeof of === 'boolean') return t(of ? 'history.yes' : 'history.no');
    if (field === 'conditions') return conditionsInWords(of as Condition[], t, value);
    if (field === 'publication') return publicationInWords(of as ShownPublication, t);
    if (field === 'speaksFor') return (of as { name: string }[]).map(({ name }) => name).join('、');
    if (field === 'acts')
      return (of as Act[])
        .map((act) => t('chains.act', { roles: chain.roles(act), steps: chain.steps(act) }))
        .join('；');
    if (Array.isArray(of)) return of.length === 0 ? t('rules.all') : of.map((each) => say(field, each)).join('、');
    if (typeof of === 'object') return JSON.stringify(of);
    const text = typeof of === 'string' ? of : String(of as number);
    if (field === 'limit') return limit(text);
    if (field === 'region' || field === 'superior') return region(text);
    const word = words[field] && (wordFor(`${words[field]}.${text}`) ?? wordFor(`matrix.${field}.${text}`));
    return word ? t(word) : value(field, text);
  };
  return {
    field: (field: string) => {
      const word = wordFor(`history.field.${field}`);
      return word ? t(word) : field;
    },
    value: (field: string, of: unknown) => <Fragment>{say(field, of)}</Fragment>,
  };
}

/** Who publishes a site, and with which settings; of a secret, when it was set. */
function publicationInWords({ kind, fields }: ShownPublication, t: ReturnType<typeof useWords>): string {
  const said = Object.entries(fields).flatMap(([name, of]) => {
    const word = wordFor(`publication.field.${name}`);
    const value = shownValue(name, of, t);
    return word && value ? [`${t(word)} ${value}`] : [];
  });
  return [t(`publication.kind.${kind}` satisfies Word), ...said].join('；');
}

function shownValue(name: string, of: unknown, t: ReturnType<typeof useWords>): string {
  if (Array.isArray(of)) return of.join('、');
  if (typeof of !== 'string')
    return typeof of === 'object' && of && 'setAt' in of && of.setAt ? minute(String(of.setAt)) : '***';
  const word = wordFor(`publication.${name}.${of}`);
  return word ? t(word) : of;
}
