export { measureBytes, measureFile } from './measure.ts';
