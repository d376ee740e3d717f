// The bill of materials of what runs (CycloneDX 1.6, `.tongsheng/bom.cdx.json`), whether each licence is one that a public
// body may run and hand on, and with `--audit` what the registry knows of vulnerabilities.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findPnpm } from './setup/packages.mjs';
import { place, root } from './setup/places.mjs';

/** Permissive ones, and MPL-2.0, which asks for changes of its own files alone. */
const allowed = new Set(
  [
    '0BSD',
    'Apache-2.0',
    'BlueOak-1.0.0',
    'BSD-2-Clause',
    'BSD-3-Clause',
    'CC0-1.0',
    'CC-BY-4.0',
    'ISC',
    'MIT',
    'MIT-0',
  ].concat(['MPL-2.0', 'Python-2.0', 'Unlicense', 'Zlib']),
);

/** Whether an SPDX expression leaves a choice that is allowed. */
const isAllowed = (expression) =>
  expression
    .replace(/[()]/g, ' ')
    .split(/\bOR\b/)
    .some((choice) => choice.split(/\bAND\b/).every((each) => allowed.has(each.trim())));

/** Whose `package.json` says it in the old way, which the bill does not read. Looked at by hand. */
const said = new Map([
  ['ssh2', 'MIT'],
  ['cpu-features', 'MIT'],
  ['buildcheck', 'MIT'],
]);

/** Packages whose licence is none of these, or is not said, a sentence each. Ours have the root's. */
function unlicensed(components) {
  return components
    .filter(({ purl }) => !purl?.startsWith('pkg:npm/%40tongsheng/'))
    .flatMap(({ name, version, licenses = [] }) => {
      const named = licenses.map((each) => each.expression ?? each.license?.id ?? each.license?.name ?? '');
      const known = named.length > 0 ? named : [said.get(name) ?? ''];
      return known.some(isAllowed) ? [] : [`${name}@${version}: ${known.join(', ') || 'no licence is named'}`];
    });
}

/** CycloneDX, as pnpm makes it from lock file and installed packages. */
async function billOfMaterials() {
  const [pnpm, ...before] = await findPnpm();
  const args = [
    'sbom',
    '--sbom-format',
    'cyclonedx',
    '--sbom-spec-version',
    '1.6',
    '--sbom-type',
    'application',
    '--prod',
  ];
  const { status, stdout, stderr } = spawnSync(pnpm, [...before, ...args], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(`pnpm sbom failed: ${stderr}`);
  return JSON.parse(stdout);
}

async function audit() {
  const [pnpm, ...before] = await findPnpm();
  const { status, stdout, stderr } = spawnSync(pnpm, [...before, 'audit', '--prod'], { cwd: root, encoding: 'utf8' });
  if (/AUDIT_(BAD_RESPONSE|ENDPOINT_NOT_EXISTS)|ENOTFOUND|ECONNREFUSED|fetch failed/i.test(`${stdout}${stderr}`)) {
    console.log('Not audited: no registry that knows of vulnerabilities answers here.');
    return true;
  }
  console.log(stdout || stderr);
  return status === 0;
}

if (process.argv[1]?.endsWith('bill.mjs')) {
  const bill = await billOfMaterials();
  const file = join(place(), 'bom.cdx.json');
  writeFileSync(file, JSON.stringify(bill, null, 2));
  const wrong = unlicensed(bill.components);
  console.log(`${file}: ${bill.components.length} components, ${wrong.length} with a licence that is not allowed`);
  for (const each of wrong) console.log(`  ${each}`);
  const isSound = process.argv.includes('--audit') ? await audit() : true;
  process.exitCode = wrong.length > 0 || !isSound ? 1 : 0;
}
