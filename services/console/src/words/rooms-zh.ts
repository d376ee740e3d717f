import { accountZh } from './account-zh.ts';
import { assistedZh } from './assisted-zh.ts';
import { balanceZh } from './balance-zh.ts';
import { calendarZh } from './calendar-zh.ts';
import { channelsZh } from './channels-zh.ts';
import { deliveriesZh } from './deliveries-zh.ts';
import { directoryZh } from './directory-zh.ts';
import { alarmMeansZh } from './alarm-means-zh.ts';
import { dutyBookZh } from './duty-book-zh.ts';
import { incidentsZh } from './incidents-zh.ts';
import { inspectionsZh } from './inspections-zh.ts';
import { neighboursZh } from './neighbours-zh.ts';
import { linkedZh } from './linked-zh.ts';
import { recallsZh } from './recalls-zh.ts';
import { recipientsZh } from './recipients-zh.ts';
import { reportsZh } from './reports-zh.ts';
import { rulesZh } from './rules-zh.ts';
import { correctionsZh } from './corrections-zh.ts';
import { rumorsZh } from './rumors-zh.ts';
import { signingZh } from './signing-zh.ts';
import { sourcesZh } from './sources-zh.ts';
import { submissionsZh } from './submissions-zh.ts';
import { trialZh } from './trial-zh.ts';
import { writingZh } from './writing-zh.ts';

/** The words of the rooms behind the first screen: they come with the first of these rooms. */
export const roomsZh = {
  ...accountZh,
  ...assistedZh,
  ...balanceZh,
  ...calendarZh,
  ...channelsZh,
  ...deliveriesZh,
  ...directoryZh,
  ...alarmMeansZh,
  ...dutyBookZh,
  ...incidentsZh,
  ...inspectionsZh,
  ...linkedZh,
  ...neighboursZh,
  ...recallsZh,
  ...recipientsZh,
  ...reportsZh,
  ...rulesZh,
  ...rumorsZh,
  ...correctionsZh,
  ...signingZh,
  ...sourcesZh,
  ...submissionsZh,
  ...trialZh,
  ...writingZh,
} as const;

export type RoomWords = Record<keyof typeof roomsZh, string>;
