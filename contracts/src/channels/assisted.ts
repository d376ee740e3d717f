import { z } from 'zod';
import { describeChannel, type ChannelLimits } from '../channel.ts';
import { duration } from '../words.ts';

const pictures = (max: number, megabytes: number, types = ['image/jpeg', 'image/png']) => ({
  max,
  maxBytes: megabytes * 2 ** 20,
  types,
});
const characters = (max: number) => ({ max, unit: 'characters' as const });

/**
 * What the editors of platforms without a public interface take. None of them publishes it: these are careful values, and
 * a channel's own limits stand before them.
 */
export const assistedPresets = {
  toutiao: { text: { title: characters(30), body: characters(20_000) }, pictures: pictures(50, 10) },
  renmin: { text: { title: characters(30), body: characters(20_000) }, pictures: pictures(30, 5) },
  xuexi: {
    text: { title: characters(30), summary: characters(100), body: characters(20_000) },
    pictures: pictures(20, 5),
  },
  newspaper: {
    text: { title: characters(40), summary: characters(120), body: characters(3_000) },
    pictures: pictures(6, 20),
  },
  /** About a minute and a half, read aloud. */
  television: { text: { title: characters(20), body: characters(400) }, pictures: pictures(3, 20) },
  other: { text: {} },
} satisfies Record<string, Pick<ChannelLimits, 'text' | 'pictures'>>;

export type AssistedPlatform = keyof typeof assistedPresets;

/** A platform that people hand things over to: 头条号, 人民号, 学习强国, the forms of newspapers and of television. */
export const assistedSettings = z.strictObject({
  platform: z.enum(['toutiao', 'renmin', 'xuexi', 'newspaper', 'television', 'other']),
  /** Where it is handed over: the platform's back office, or a form. */
  address: z.url({ protocol: /^https?$/ }).optional(),
  /** How long people have; a rebuttal is handed over in `rebuttalWithin`. */
  within: duration.default('PT4H'),
  rebuttalWithin: duration.default('PT30M'),
});

/** Several people hand over at the same time, and no machine waits for them. */
export const assisted = describeChannel({
  kind: 'assisted',
  settings: assistedSettings,
  limits: { timeoutMs: 30_000, parallel: 8 },
});
