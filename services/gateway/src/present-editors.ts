import { Injectable } from '@nestjs/common';
import { presentEditor, type PresentEditor } from '@tongsheng/contracts';
import { DateTime } from 'luxon';
import { Models } from './models.ts';

/** Whoever was not heard of for so long has gone; an open editor says so three times as often. */
const awayAfterSeconds = 35;

type Place = { personId: string; site: string; releaseId: string };

/** Who has which draft open. Only a courtesy: lost with Redis, it is there again at the next word of each editor. */
@Injectable()
export class PresentEditors {
  constructor(private readonly models: Models) {}

  /** @returns the others */
  async see(place: Place, editor: PresentEditor): Promise<PresentEditor[]> {
    const { redis } = this.models;
    await redis.hSet(keyOf(place), place.personId, JSON.stringify(editor));
    await redis.expire(keyOf(place), awayAfterSeconds);
    const since = DateTime.fromISO(editor.seenAt, { zone: 'utc' }).minus({ seconds: awayAfterSeconds }).toISO()!;
    const all = await redis.hVals(keyOf(place));
    return all
      .map((json) => presentEditor.parse(JSON.parse(json)))
      .filter(({ personId, seenAt }) => personId !== place.personId && seenAt >= since);
  }

  async leave(place: Place): Promise<[]> {
    await this.models.redis.hDel(keyOf(place), place.personId);
    return [];
  }
}

const keyOf = ({ site, releaseId }: Place) => `editing:${site}/${releaseId}`;
