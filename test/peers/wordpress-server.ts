import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@tongsheng/local';
import { until } from '@tongsheng/test/support';

/** Debian's WordPress, unpacked by the set-up of the tests; undefined where it could not be had. */
export const wordpressHome = process.env['WORDPRESS_HOME'];

/** A real WordPress on a real MariaDB, in a folder of its own; gone with the test. */
export type WordPress = {
  url: string;
  host: string;
  /** Who may publish, and an application password of theirs. */
  username: string;
  password: string;
  /** Runs PHP inside WordPress and gives back what it prints as JSON. */
  run(php: string): Promise<unknown>;
  [Symbol.asyncDispose](): Promise<void>;
};

export async function startWordPress(): Promise<WordPress> {
  if (!wordpressHome) throw new Error('there is no WordPress on this machine');
  const dir = await mkdtemp(join(tmpdir(), 'tongsheng-wordpress-'));
  const children: ChildProcess[] = [];
  const dispose = async () => {
    await Promise.all(children.map(end));
    await rm(dir, { recursive: true, force: true });
  };
  try {
    const socket = join(dir, 'db.sock');
    children.push(await startMariaDb(dir, socket));
    const port = await freePort();
    const host = `127.0.0.1:${port}`;
    const url = `http://${host}`;
    await layOut(dir, url, socket);
    const environment = { ...process.env, WORDPRESS_CONFIG_FILE: join(dir, 'config.php'), PHP_CLI_SERVER_WORKERS: '4' };
    const run = async (php: string): Promise<unknown> => {
      const file = join(dir, `run-${Math.random().toString(36).slice(2)}.php`);
      await writeFile(file, `<?php $_SERVER['HTTP_HOST'] = '${host}'; ${php}`);
      return JSON.parse(await outputOf('php', [file], undefined, environment));
    };
    const { password } = (await run(install)) as { password: string };
    const server = spawn('php', ['-S', host, '-t', wordpressHome, join(dir, 'router.php')], {
      env: environment,
      stdio: 'ignore',
      // Its workers are processes of their own and end with the group.
      detached: true,
    });
    children.push(server);
    await until(async () => {
      const { status } = await fetch(`${url}/wp-json/`);
      if (status !== 200) throw new Error(`WordPress answers ${status}`);
    });
    const inside = `require '${wordpressHome}/wp-load.php'; require_once '${wordpressHome}/wp-admin/includes/admin.php'; wp_set_current_user(1);`;
    return {
      url,
      host,
      username: 'tongsheng',
      password,
      run: (php) => run(`${inside} ${php}`),
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function startMariaDb(dir: string, socket: string): Promise<ChildProcess> {
  const data = join(dir, 'db');
  await mkdir(data);
  const user = process.getuid?.() === 0 ? ['--user=root'] : [];
  await outputOf(mariadbd(), ['--no-defaults', '--bootstrap', `--datadir=${data}`, ...user], await systemTables());
  const init = join(dir, 'init.sql');
  await writeFile(
    init,
    "CREATE DATABASE wordpress CHARACTER SET utf8mb4;\nCREATE USER wordpress@localhost IDENTIFIED BY 'wordpress';\nGRANT ALL ON wordpress.* TO wordpress@localhost;\n",
  );
  const child = spawn(
    mariadbd(),
    [
      '--no-defaults',
      `--datadir=${data}`,
      `--socket=${socket}`,
      `--init-file=${init}`,
      '--skip-networking',
      // Nothing of it has to outlive the test.
      '--innodb-flush-log-at-trx-commit=0',
      '--innodb-buffer-pool-size=32M',
      ...user,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ready = Promise.withResolvers<void>();
  child.once('exit', () => ready.reject(new Error('mariadbd ended before it was ready')));
  child.once('error', ready.reject);
  child.stderr.on('data', (data: Buffer) => {
    if (data.includes('ready for connections')) ready.resolve();
  });
  await ready.promise;
  return child;
}

/** Debian keeps servers where the PATH of plain users does not lead. */
const mariadbd = () => ['/usr/sbin/mariadbd', '/usr/local/sbin/mariadbd'].find(existsSync) ?? 'mariadbd';

/** What `mariadb-install-db` would feed it, without the program, which is in another package. */
async function systemTables(): Promise<string> {
  const files = [
    'mysql_system_tables',
    'mysql_performance_tables',
    'mysql_system_tables_data',
    'maria_add_gis_sp_bootstrap',
  ];
  const parts = files.map((file) => readFile(`/usr/share/mysql/${file}.sql`, 'utf8'));
  return ['CREATE DATABASE mysql;', 'USE mysql;', ...(await Promise.all(parts))].join('\n');
}

/** WordPress' own files stay where they are; what is this site's lies in its folder. */
async function layOut(dir: string, url: string, socket: string): Promise<void> {
  const content = join(dir, 'wp-content');
  await mkdir(join(content, 'uploads'), { recursive: true });
  await symlink(join(wordpressHome!, 'wp-content/themes'), join(content, 'themes'));
  const constants = {
    DB_NAME: 'wordpress',
    DB_USER: 'wordpress',
    DB_PASSWORD: 'wordpress',
    DB_HOST: `localhost:${socket}`,
    DB_CHARSET: 'utf8mb4',
    WP_CONTENT_DIR: content,
    WP_HOME: url,
    WP_SITEURL: url,
    // Application passwords over plain HTTP are for this alone.
    WP_ENVIRONMENT_TYPE: 'local',
    DISABLE_WP_CRON: true,
    WP_HTTP_BLOCK_EXTERNAL: true,
    AUTH_KEY: 'a',
    SECURE_AUTH_KEY: 'b',
    LOGGED_IN_KEY: 'c',
    NONCE_KEY: 'd',
    AUTH_SALT: 'e',
    SECURE_AUTH_SALT: 'f',
    LOGGED_IN_SALT: 'g',
    NONCE_SALT: 'h',
  };
  const defined = Object.entries(constants).map(([name, value]) => `define('${name}', ${phpOf(value)});`);
  const config = [`<?php`, ...defined, `$table_prefix = 'wp_';`, `define('ABSPATH', '${wordpressHome}/');`];
  await writeFile(join(dir, 'config.php'), [...config, `require_once ABSPATH . 'wp-settings.php';`].join('\n'));
  await writeFile(join(dir, 'router.php'), router(content));
}

const phpOf = (value: string | boolean) => (typeof value === 'string' ? `'${value}'` : String(value));

/** What a web server's rewriting does for WordPress. */
const router = (content: string) => `<?php
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if (str_starts_with($path, '/wp-content/uploads/') && is_file('${content}' . substr($path, strlen('/wp-content')))) {
  header('Content-Type: ' . mime_content_type('${content}' . substr($path, strlen('/wp-content'))));
  readfile('${content}' . substr($path, strlen('/wp-content')));
  return true;
}
if (is_file($_SERVER['DOCUMENT_ROOT'] . $path)) return false;
$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = '/index.php';
require $_SERVER['DOCUMENT_ROOT'] . '/index.php';
`;

const install = `
define('WP_INSTALLING', true);
require '${wordpressHome}/wp-load.php';
require_once '${wordpressHome}/wp-admin/includes/upgrade.php';
wp_install('示例税务局', 'admin', 'admin@tax.example', true, '', 'no one signs in with it');
global $wp_rewrite;
$wp_rewrite->set_permalink_structure('/%postname%/');
$wp_rewrite->flush_rules(false);
$id = wp_insert_user(['user_login' => 'tongsheng', 'user_pass' => wp_generate_password(), 'role' => 'editor']);
[$password] = WP_Application_Passwords::create_new_application_password($id, ['name' => 'Tongsheng']);
echo json_encode(['password' => $password]);
`;

async function outputOf(program: string, parameters: string[], input = '', env = process.env): Promise<string> {
  const child = spawn(program, parameters, { env });
  // A program that asks for no input may be gone before it is handed any; how it fared, its exit code says.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  let [out, trouble] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (out += data.toString('utf8')));
  child.stderr.on('data', (data: Buffer) => (trouble += data.toString('utf8')));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${trouble.slice(-2_000)}${out.slice(-2_000)}`);
  return out;
}

/** A group is ended whole where the child leads one. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  try {
    process.kill(-child.pid!, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
  await ended;
}
