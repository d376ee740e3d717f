/// <reference lib="webworker" />
import { cleanPaste } from './clean.ts';

declare const self: DedicatedWorkerGlobalScope;

self.onmessage = ({ data }: MessageEvent<string>) => self.postMessage(cleanPaste(data));
