import { useMemo, useRef, useState, type ReactElement } from 'react';
import { fold, piecesOf, type Piece, type Stretch } from '../items/diff.ts';
import { useWords } from '../words/index.ts';
import { threeWay, type ThreeWay } from './three-way.ts';

/** What the source had, has now, and what our page would have, as a table: in each row who changed what of whose. */
export function ThreeWayView(props: { before: string; now: string; ours: string; version: number }): ReactElement {
  const { before, now, ours, version } = props;
  const t = useWords();
  const rows = useMemo(() => threeWay(before, now, ours), [before, now, ours]);
  const stretches = useMemo(() => fold(rows), [rows]);
  const view = useRef<HTMLTableElement>(null);
  const at = useRef(-1);
  const theirs = rows.filter((row) => row.before !== row.now).length;
  const ownRows = rows.filter((row) => row.now !== row.ours).length;
  const go = (step: number) => {
    const all = Array.from(view.current?.querySelectorAll<HTMLElement>('tr[data-kind="changed"]') ?? []);
    at.current = (at.current + step + all.length) % all.length;
    all[at.current]?.focus();
  };
  const changes = rows.filter(({ kind }) => kind === 'changed').length;
  return (
    <div className="three-way" data-testid="three-way">
      <p className="diff-head">
        <strong>{t('three.count', { theirs, ours: ownRows })}</strong>
        {changes > 1 && (
          <>
            <button type="button" className="button button-small" onClick={() => go(-1)}>
              {t('diff.previous')}
            </button>
            <button type="button" className="button button-small" onClick={() => go(1)}>
              {t('diff.next')}
            </button>
          </>
        )}
        <span className="hint">
          <ins>{t('diff.added')}</ins> <del>{t('diff.removed')}</del>
        </span>
      </p>
      <table ref={view}>
        <thead>
          <tr>
            <th scope="col">{t('three.before', { version })}</th>
            <th scope="col">{t('three.now')}</th>
            <th scope="col">{t('three.ours')}</th>
          </tr>
        </thead>
        {stretches.map((stretch, index) => (
          <Rows key={`${before.length} ${now.length} ${ours.length} ${String(index)}`} stretch={stretch} />
        ))}
      </table>
    </div>
  );
}

function Rows({ stretch: { folded, lines } }: { stretch: Stretch<ThreeWay> }): ReactElement {
  const t = useWords();
  const [open, setOpen] = useState(!folded);
  return (
    <tbody>
      {open ? (
        lines.map((row, index) => <Row key={String(index)} row={row} />)
      ) : (
        <tr>
          <td colSpan={3}>
            <button type="button" className="diff-fold" onClick={() => setOpen(true)}>
              {t('diff.folded', { n: lines.length })}
            </button>
          </td>
        </tr>
      )}
    </tbody>
  );
}

function Row({ row }: { row: ThreeWay }): ReactElement {
  const { kind, before, now, ours } = row;
  if (kind === 'same')
    return (
      <tr data-kind="same">
        <td>{before}</td>
        <td>{now}</td>
        <td>{ours}</td>
      </tr>
    );
  const theirs = piecesOf(before, now);
  // What neither the source had nor has now, or what it dropped and we kept, is ours against what it has now.
  return (
    <tr data-kind="changed" tabIndex={-1}>
      <td>{before === now ? before : <Marked pieces={theirs} without="added" />}</td>
      <td>{before === now ? now : <Marked pieces={theirs} without="removed" />}</td>
      <td>{now === ours ? ours : <Marked pieces={piecesOf(now, ours)} />}</td>
    </tr>
  );
}

/** Words with their marks, which are also said. */
function Marked({ pieces, without }: { pieces: Piece[]; without?: Piece['kind'] }): ReactElement {
  const t = useWords();
  return (
    <>
      {pieces
        .filter(({ kind }) => kind !== without)
        .map(({ kind, text }, index) => {
          if (kind === 'same') return <span key={String(index)}>{text}</span>;
          const Mark = kind === 'added' ? 'ins' : 'del';
          return (
            <Mark key={String(index)}>
              <span className="unseen">{t(`diff.${kind}`)}：</span>
              {text}
            </Mark>
          );
        })}
    </>
  );
}
