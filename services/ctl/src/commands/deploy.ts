import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { renderCompose, renderKubernetes, renderMonitoring, renderSystemd, type Files } from '@tongsheng/deploy';

export type DeployFacts = { image: string; copies: number; home: string; node: string };

const renderings = {
  monitoring: renderMonitoring,
  compose: (home) => ({ ...renderCompose(), ...inside('monitoring', renderMonitoring(home)) }),
  kubernetes: (_, facts) => renderKubernetes(facts),
  systemd: (_, facts) => renderSystemd(facts),
} satisfies Record<string, (home: string, facts: DeployFacts) => Files>;
type Kind = keyof typeof renderings;
export const deployKinds = Object.keys(renderings) as Kind[];

/** @returns which files were written; what stood there under their names is written over */
export function writeDeployment(root: string, what: Kind, folder: string, facts: DeployFacts): string[] {
  const render: (home: string, facts: DeployFacts) => Files = renderings[what];
  return Object.entries(render(join(root, 'infra/deploy'), facts)).map(([path, content]) => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  });
}

const inside = (folder: string, files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([path, content]) => [`${folder}/${path}`, content]));
