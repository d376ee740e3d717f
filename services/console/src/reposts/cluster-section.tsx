import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ClusterView, Signal, SimilarView } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { similar } from '../api/views.ts';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { hasRole, useMe } from '../session.ts';
import { short } from '../time.ts';
import { useWords } from '../words/index.ts';

type Member = ClusterView['members'][number];
type Offer = SimilarView['rows'][number];

/** What a person wants to do to a cluster, with the reason; it waits to be confirmed. */
export type Regrouping =
  | { kind: 'split'; clusterId: string; itemId: string; title: string; reason: string }
  | { kind: 'merge'; clusterId: string; into: string; reason: string };

/** Which items are the same policy and why, what else may be, and what people can do about it. */
export function ClusterSection(props: {
  cluster: ClusterView;
  open: boolean;
  onRegroup: (regrouping: Regrouping) => void;
}): ReactElement {
  const { cluster, open, onRegroup } = props;
  const t = useWords();
  const me = useMe();
  const { clusterId, members } = cluster;
  const { data: offers } = useQuery(similar(clusterId));
  const [splitting, setSplitting] = useState<Member | null>(null);
  const [merging, setMerging] = useState<Offer | null>(null);
  const may = open && hasRole(me, 'editor');
  const mine = new Set(members.map(({ itemId }) => itemId));
  const rows = offers?.rows.filter(({ itemId }) => !mine.has(itemId)) ?? [];
  return (
    <section data-testid="cluster">
      <h3>{t('cluster.members', { n: members.length })}</h3>
      <p className="hint">{t(members.length > 1 ? 'cluster.hint' : 'cluster.alone')}</p>
      {members.length > 1 && (
        <ul className="obligations">
          {members.map((member) => (
            <li key={member.itemId} data-testid="member">
              <p>
                <Link to="/items/$sourceId/$itemId" params={{ sourceId: member.sourceId, itemId: member.itemId }}>
                  {member.title}
                </Link>{' '}
                {may && (
                  <button
                    type="button"
                    className="button button-small"
                    onClick={() => setSplitting(member)}
                    data-testid="split"
                  >
                    {t('cluster.split')}
                  </button>
                )}
              </p>
              <p className="hint">
                {member.sourceName} · {member.because.length === 0 ? t('cluster.opener') : <Put by={member} />}
              </p>
              <Signals because={member.because} />
            </li>
          ))}
        </ul>
      )}
      <h3>{t('cluster.similar', { n: rows.length })}</h3>
      {rows.length === 0 && <p className="hint">{t('cluster.noSimilar')}</p>}
      <ul className="obligations">
        {rows.map((offer) => (
          <li key={offer.clusterId} data-testid="similar">
            <p>
              <Link to="/items/$sourceId/$itemId" params={{ sourceId: offer.sourceId, itemId: offer.itemId }}>
                {offer.title}
              </Link>{' '}
              {may && (
                <button
                  type="button"
                  className="button button-small"
                  onClick={() => setMerging(offer)}
                  data-testid="merge"
                >
                  {t('cluster.merge')}
                </button>
              )}
            </p>
            <p className="hint">
              {offer.sourceName} · {t('task.firstSeen', { time: short(offer.firstSeenAt) })}
            </p>
            <Signals because={offer.because} />
          </li>
        ))}
      </ul>
      {!hasRole(me, 'editor') && <p className="hint">{t('cluster.notEditor')}</p>}
      {splitting && (
        <ReasonDialog
          title={t('cluster.splitTitle')}
          hint={t('cluster.splitHint', { title: splitting.title, source: splitting.sourceName })}
          label={t('cluster.reason')}
          send={t('cluster.split')}
          onClose={() => setSplitting(null)}
          onSend={(reason) => {
            const { itemId, title } = splitting;
            setSplitting(null);
            onRegroup({ kind: 'split', clusterId, itemId, title, reason });
            return Promise.resolve();
          }}
        />
      )}
      {merging && (
        <ReasonDialog
          title={t('cluster.mergeTitle')}
          hint={t('cluster.mergeHint', { title: merging.title, source: merging.sourceName })}
          label={t('cluster.reason')}
          send={t('cluster.merge')}
          onClose={() => setMerging(null)}
          onSend={(reason) => {
            const { clusterId: other } = merging;
            setMerging(null);
            onRegroup({ kind: 'merge', clusterId: other, into: clusterId, reason });
            return Promise.resolve();
          }}
        />
      )}
    </section>
  );
}

function Put({ by: { byName, joinedAt } }: { by: Member }): ReactElement {
  const t = useWords();
  const time = short(joinedAt);
  return <>{byName ? t('cluster.byPerson', { name: byName, time }) : t('cluster.byMachine', { time })}</>;
}

/** Why the machine, or a person, takes them for the same. */
function Signals({ because }: { because: Signal[] }): ReactElement {
  const t = useWords();
  return (
    <p className="signals">
      {because.map(({ signal, detail }) => (
        <span key={`${signal} ${detail}`} className="tag tag-press">
          {/* How alike two titles are is said in the detail. */}
          {signal === 'title' && /\d %/.test(detail) ? detail : t(`cluster.signal.${signal}`, { detail })}
        </span>
      ))}
    </p>
  );
}

/** A policy's interpretation, or the policy that is explained, with how far its task is. */
export function Pairs({ cluster, site }: { cluster: ClusterView; site: string }): ReactElement | null {
  const t = useWords();
  if (cluster.paired.length === 0) return null;
  return (
    <>
      {cluster.paired.map(({ clusterId, as, title, because, task }) => (
        <span key={clusterId} className="pair" title={because} data-testid="pair">
          {t(as === 'policy' ? 'cluster.pairPolicy' : 'cluster.pairInterpretation')}
          {task ? (
            <>
              <Link to="/reposts/$site/$taskId" params={{ site, taskId: task.taskId }}>
                {title}
              </Link>
              <span className={`tag tag-${task.state}`}>{t(`state.${task.state}`)}</span>
            </>
          ) : (
            <>
              {title} <span className="tag">{t('cluster.noTask')}</span>
            </>
          )}
        </span>
      ))}
    </>
  );
}
