export { dingtalkAddress, dingtalkRobot, dingtalkSign } from './dingtalk.ts';
export { feishuAddress, feishuRobot, feishuSign, feishuSigned } from './feishu.ts';
export { knock, speak, type Handed } from './robot.ts';
export { wecomAddress, wecomRobot } from './wecom.ts';
