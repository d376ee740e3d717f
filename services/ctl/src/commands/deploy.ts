import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { renderMonitoring, type Files } from '@tongsheng/deploy';

const renderings: Record<string, (home: string) => Files> = { monitoring: renderMonitoring };
export const deployKinds = Object.keys(renderings);

/** @returns which files were written; what stood there under their names is written over */
export function writeDeployment(root: string, what: string, folder: string): string[] {
  const files = renderings[what]!(join(root, 'infra/deploy'));
  return Object.entries(files).map(([path, content]) => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  });
}
