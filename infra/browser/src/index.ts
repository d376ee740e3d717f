export { chromiumAt, NoShot, printPdf, sweepProfiles, takeShot, type Shot } from './browser.ts';
