import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Recipient, ReleaseRow } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { decide, newId } from '../api/client.ts';
import * as views from '../api/views.ts';
import { fromField } from '../duty/month.ts';
import { announce } from '../parts/announcer.tsx';
import { FormDialog } from '../parts/form-dialog.tsx';
import type { FieldProblem } from '../parts/problem-list.tsx';
import { sayError } from '../parts/states.tsx';
import { hasRole, useMe } from '../session.ts';
import { useWords } from '../words/index.ts';
import { SlotField, slotProblems } from './submission-dialogs.tsx';

const limits = [2, 4, 8, 24, 48, 72] as const;

/** Offers a release to the superior site or the portal; for those who write releases. */
export function OfferButton({ row }: { row: ReleaseRow }): ReactElement | null {
  const t = useWords();
  const [open, setOpen] = useState(false);
  if (!hasRole(useMe(), 'comms')) return null;
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)} data-testid="offer">
        {t('offer.button')}
      </button>
      {open && <OfferDialog row={row} onClose={() => setOpen(false)} />}
    </>
  );
}

function OfferDialog({ row, onClose }: { row: ReleaseRow; onClose: () => void }): ReactElement {
  const t = useWords();
  const navigate = useNavigate();
  const { data } = useQuery(views.submissionRecipients());
  const [submissionId] = useState(newId);
  const [kind, setKind] = useState<Recipient['kind']>('site');
  const [chosen, setChosen] = useState('');
  const [address, setAddress] = useState('');
  const [name, setName] = useState('');
  const [slot, setSlot] = useState('');
  const [hours, setHours] = useState(24);
  const [message, setMessage] = useState('');
  const isPublic = row.state === 'published';
  const sites = data?.sites.filter(({ siteId }) => siteId !== row.site) ?? [];
  const partners = data?.partners.filter(({ site }) => site === row.site) ?? [];
  const recipient = (): Recipient | null => {
    if (kind === 'email') {
      const isMail = /^\S+@\S+\.\S+$/.test(address.trim());
      return isMail && name.trim() !== '' ? { kind, address: address.trim(), name: name.trim() } : null;
    }
    if (kind === 'site') {
      const site = sites.find(({ siteId }) => siteId === chosen);
      return site ? { kind, site: site.siteId, name: site.name } : null;
    }
    const partner = partners.find(({ channelId }) => channelId === chosen);
    return partner ? { kind, channelId: partner.channelId, name: partner.name } : null;
  };
  const to = recipient();
  const problems: FieldProblem[] = [
    ...(to === null && kind !== 'email' ? [{ field: 'to', word: 'submission.need.to' as const }] : []),
    ...(kind === 'email' && !/^\S+@\S+\.\S+$/.test(address.trim())
      ? [{ field: 'address', word: 'submission.need.address' as const }]
      : []),
    ...(kind === 'email' && name.trim() === '' ? [{ field: 'name', word: 'submission.need.name' as const }] : []),
    ...slotProblems(slot),
  ];
  const send = async () => {
    const { site, releaseId, contentHash, title } = row;
    const wish = { slot: slot === '' || isPublic ? null : fromField(slot), html: null, message: message.trim() };
    const offer = { site, actingSite: site, submissionId, releaseId, contentHash, title, to, ...wish };
    try {
      await decide({ type: 'submission.offer', ...offer, limit: `PT${hours}H` }, submissionId);
      announce('done', t('offer.done'));
      void navigate({ to: '/submissions/$site/$submissionId', params: { site, submissionId } });
    } catch (caught) {
      announce('failed', sayError(caught, t));
    }
  };
  const choose = (next: Recipient['kind']) => {
    setKind(next);
    setChosen('');
  };
  return (
    <FormDialog title="submissions.offer" send="offer.send" problems={problems} onSend={send} onClose={onClose}>
      <p>
        <strong>{row.title}</strong>
      </p>
      <div className="chips offer-kinds" role="group" aria-label={t('offer.to')}>
        {(['site', 'email', 'webhook'] as const).map((each) => (
          <button
            key={each}
            type="button"
            className={each === kind ? 'chip chip-here' : 'chip'}
            aria-pressed={each === kind}
            onClick={() => choose(each)}
          >
            {t(`offer.kind.${each}`)}
          </button>
        ))}
      </div>
      {kind === 'email' ? (
        <div className="field-row">
          <label className="field">
            <span>{t('offer.address')}</span>
            <input
              id="field-address"
              type="email"
              list="offer-offices"
              value={address}
              onChange={({ target }) => {
                setAddress(target.value);
                const known = data?.offices.find((each) => each.address === target.value);
                if (known) setName(known.name);
              }}
            />
            <datalist id="offer-offices">
              {data?.offices.map((each) => (
                <option key={each.address} value={each.address}>
                  {each.name}
                </option>
              ))}
            </datalist>
          </label>
          <label className="field">
            <span>{t('offer.name')}</span>
            <input id="field-name" maxLength={200} value={name} onChange={({ target }) => setName(target.value)} />
          </label>
        </div>
      ) : (
        <label className="field">
          <span>{t('offer.to')}</span>
          <select id="field-to" value={chosen} onChange={({ target }) => setChosen(target.value)}>
            <option value="" />
            {(kind === 'site'
              ? sites.map(({ siteId: value, name: label }) => ({ value, label }))
              : partners.map(({ channelId: value, name: label }) => ({ value, label }))
            ).map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </label>
      )}
      <div className="field-row offer-when">
        <SlotField value={isPublic ? '' : slot} onChange={setSlot} disabled={isPublic} />
        <label className="field">
          <span>{t('offer.limit')}</span>
          <select value={hours} onChange={({ target }) => setHours(Number(target.value))}>
            {limits.map((each) => (
              <option key={each} value={each}>
                {t('offer.hours', { n: each })}
              </option>
            ))}
          </select>
        </label>
      </div>
      <label className="field">
        <span>{t('submission.message')}</span>
        <textarea rows={3} maxLength={2_000} value={message} onChange={({ target }) => setMessage(target.value)} />
      </label>
    </FormDialog>
  );
}
