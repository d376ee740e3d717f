import { lengthOf, type ChannelPreview, type PreviewPart, type TextLimit } from '@tongsheng/contracts';

/** What a channel is handed, before anybody has asked whether it fits. */
export type Shown = Pick<ChannelPreview, 'parts' | 'pictures'>;

type Told = { form?: PreviewPart['form']; limit?: TextLimit | undefined; count?: number };

/** A part as it goes out; counted as the platform counts where it has a limit. */
export function part(
  name: PreviewPart['name'],
  value: string,
  { form = 'text', limit, count }: Told = {},
): PreviewPart[] {
  if (value === '') return [];
  const length = limit ? { ...limit, count: count ?? lengthOf(value, limit.unit) } : null;
  return [{ name, form, value, length, isCut: form === 'text' && /…$/mu.test(value) }];
}
