/** Of what should take milliseconds, and must be seen when it takes a minute. In seconds. */
export const upToMinute = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
