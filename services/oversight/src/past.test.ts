import { expect, it } from 'vitest';
import { secondsLeft } from './past.ts';

it('says how long it will take by how long it took, once there is something to go by', () => {
  expect(secondsLeft(0, 5_000)).toBeNull();
  expect(secondsLeft(0.25, 60_000)).toBe(180);
  expect(secondsLeft(1, 60_000)).toBe(0);
});
