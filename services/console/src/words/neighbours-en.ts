import type { neighboursZh } from './neighbours-zh.ts';

export const neighboursEn: Record<keyof typeof neighboursZh, string> = {
  'links.title': 'Links with other deployments',
  'links.about':
    'What the other side publishes and tells us is fetched message by message. Nothing is lost while a link is cut: it follows in order.',
  'links.neighbour': 'Other side',
  'links.state': 'Link',
  'links.documents': 'Publications to fetch',
  'links.entries': 'Progress to fetch',
  'links.lastBrought': 'Last fetched',
  'links.never': 'Nothing yet',
  'links.connected': 'Connected since {time}',
  'links.cut': 'Cut since {time}',
  'links.before': '{n} before it was cut',
  'links.waiting': 'Not connected yet',
  'links.silent': 'The exchange service does not answer',
  'submission.agreeAbroad':
    'Each side takes it through its own review chain. Once it is public its address is recorded, checked, and counts as adopted.',
  'submission.adopt': 'Make it a draft of ours',
  'submission.adoptHint':
    'The agreed text becomes a draft of our site and takes our own review chain. Once it is public, record its address here.',
  'submission.adopting': 'Draft made',
};
