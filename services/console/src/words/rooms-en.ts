import { accountEn } from './account-en.ts';
import { assistedEn } from './assisted-en.ts';
import { balanceEn } from './balance-en.ts';
import { calendarEn } from './calendar-en.ts';
import { channelsEn } from './channels-en.ts';
import { deliveriesEn } from './deliveries-en.ts';
import { directoryEn } from './directory-en.ts';
import { alarmMeansEn } from './alarm-means-en.ts';
import { dutyBookEn } from './duty-book-en.ts';
import { incidentsEn } from './incidents-en.ts';
import { inspectionsEn } from './inspections-en.ts';
import { neighboursEn } from './neighbours-en.ts';
import { linkedEn } from './linked-en.ts';
import { recallsEn } from './recalls-en.ts';
import { recipientsEn } from './recipients-en.ts';
import { reportsEn } from './reports-en.ts';
import { rulesEn } from './rules-en.ts';
import { correctionsEn } from './corrections-en.ts';
import { rumorsEn } from './rumors-en.ts';
import { signingEn } from './signing-en.ts';
import { sourcesEn } from './sources-en.ts';
import { submissionsEn } from './submissions-en.ts';
import { trialEn } from './trial-en.ts';
import { writingEn } from './writing-en.ts';
import type { RoomWords } from './rooms-zh.ts';

export const roomsEn: RoomWords = {
  ...accountEn,
  ...assistedEn,
  ...balanceEn,
  ...calendarEn,
  ...channelsEn,
  ...deliveriesEn,
  ...directoryEn,
  ...alarmMeansEn,
  ...dutyBookEn,
  ...incidentsEn,
  ...inspectionsEn,
  ...linkedEn,
  ...neighboursEn,
  ...recallsEn,
  ...recipientsEn,
  ...reportsEn,
  ...rulesEn,
  ...rumorsEn,
  ...correctionsEn,
  ...signingEn,
  ...sourcesEn,
  ...submissionsEn,
  ...trialEn,
  ...writingEn,
};
