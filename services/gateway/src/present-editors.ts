import { Injectable } from '@nestjs/common';
import { presentEditor, type PresentEditor } from '@tongsheng/contracts';
import { DateTime } from 'luxon';
import { Models } from './models.ts';

/** Whoever was not heard of for so long has gone; an open editor says so three times as often. */
const awayAfterSeconds = 35;

/** One open editor: a person may have several. */
type Place = { editorId: string; site: string; releaseId: string };
type Others = { others: PresentEditor[]; isElsewhere: boolean };

/** Who has which draft open. Only a courtesy: lost with Redis, it is there again at the next word of each editor. */
@Injectable()
export class PresentEditors {
  constructor(private readonly models: Models) {}

  async see(place: Place, editor: PresentEditor): Promise<Others> {
    const { redis } = this.models;
    await redis.hSet(keyOf(place), place.editorId, JSON.stringify(editor));
    await redis.expire(keyOf(place), awayAfterSeconds);
    const since = DateTime.fromISO(editor.seenAt, { zone: 'utc' }).minus({ seconds: awayAfterSeconds }).toISO()!;
    const all = Object.entries(await redis.hGetAll(keyOf(place)))
      .filter(([editorId]) => editorId !== place.editorId)
      .map(([, json]) => presentEditor.parse(JSON.parse(json)))
      .filter(({ seenAt }) => seenAt >= since);
    const persons = new Map(all.map((each) => [each.personId, each]));
    const isElsewhere = persons.delete(editor.personId);
    return { others: [...persons.values()], isElsewhere };
  }

  async leave(place: Place): Promise<Others> {
    await this.models.redis.hDel(keyOf(place), place.editorId);
    return { others: [], isElsewhere: false };
  }
}

const keyOf = ({ site, releaseId }: Place) => `editing:${site}/${releaseId}`;
