import { errcodeAnswer, type Robot } from './robot.ts';

/** A group's robot at WeCom. */
export const wecomRobot: Robot = {
  answer: errcodeAnswer,
  // 93000: the robot is not in the group any more.
  codes: { 0: 'sent', [-1]: 'busy', 45009: 'rate_limited', 93000: 'credential' },
  restSeconds: 60,
};

export const wecomAddress = ({ server, key }: { server: string; key: string }): string =>
  `${server.replace(/\/$/, '')}/cgi-bin/webhook/send?key=${encodeURIComponent(key)}`;
