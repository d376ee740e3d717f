export { answered, Halted, isSuccess, refusedBy, settled, understood, type Answered, type Trouble } from './calls.ts';
export { Micropub, type MicropubSettings } from './micropub.ts';
export { cannotTell, type CmsTools, type Entry, type Standing } from './entry.ts';
export { WordPress, type WordPressSettings } from './wordpress.ts';
