import { Refusal, role } from '@tongsheng/contracts';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { runBench } from './commands/bench.ts';
import { readFeedCommand, type FeedOptions } from './commands/feed.ts';
import { cleanHtmlCommand } from './commands/html.ts';
import { listProjections, rebuildProjections } from './commands/projections.ts';
import { rotateSecrets } from './commands/rotate-secrets.ts';
import { tailLog, type TailOptions } from './commands/tail-log.ts';
import { checkedToken, createToken, type TokenOptions } from './commands/token.ts';
import { describeVerified, verifyCommand, type VerifyCommand } from './commands/verify-log.ts';
import { Failure, Misuse } from './failure.ts';
import { natsUrl, withBus } from './installation.ts';

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
  log
    .command('verify')
    .description('check that nothing was changed, put in, taken out or moved; in a running system')
    .option('--key <file...>', 'public keys (PEM) that are the house’s own')
    .option('--anchor <file...>', 'checkpoints that were kept elsewhere: the log must still lead to them')
    .option('--read', 'also tell which entries this release can’t read')
    .action(async (options: VerifyCommand) => {
      const verified = await verifyCommand(options, onBus, say);
      for (const line of describeVerified(verified)) print(line);
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
    .description('secrets of channels, sites, sources and contacts, which are sealed in the log')
    .command('rotate')
    .description('seal all of them under the newest key, which the registry names first')
    .option('--dry-run', 'only say what would be done')
    .action(({ dryRun = false }: { dryRun?: boolean }) => onBus((bus) => rotateSecrets(bus, dryRun, print)));

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
