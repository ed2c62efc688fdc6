import { didYouMean } from './command-line/parse.ts';
import { Refusal } from './files/refusal.ts';

interface Command {
  /** Loads the command, which loads what it needs. */
  readonly load: () => Promise<{ run(args: readonly string[]): Promise<void> }>;
  readonly summary: string;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  restyle: {
    load: () => import('./commands/restyle.ts'),
    summary: 'gives photographs the colours of another',
  },
  paint: {
    load: () => import('./commands/paint.ts'),
    summary: 'paints photographs in the style of a painting',
  },
  fit: {
    load: () => import('./commands/fit.ts'),
    summary: 'finds the moments of style pictures, which restyle takes',
  },
  stats: {
    load: () => import('./commands/stats.ts'),
    summary: 'finds mean and standard deviation over folders of pictures',
  },
  worker: {
    load: () => import('./commands/worker.ts'),
    summary: 'works on what stats and restyle put into a queue',
  },
  status: {
    load: () => import('./commands/status.ts'),
    summary: 'says how far the work in a queue is',
  },
};

const USAGE = `wasm-norm COMMAND [arguments]

${Object.entries(COMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(9)}${summary}`)
  .join('\n')}

wasm-norm COMMAND --help says more of each.`;

/**
 * Runs a command.
 *
 * @param args the command and its arguments
 * @returns whether it did its work; what was wrong is told in one line of standard error
 */
export async function runCommandLine([name, ...args]: readonly string[]): Promise<boolean> {
  try {
    if (name === undefined || name === '--help' || name === '-h') console.log(USAGE);
    else await (await commandOf(name).load()).run(args);
    return true;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    console.error(error.message.replaceAll(/\s+/g, ' '));
    return false;
  }
}

function commandOf(name: string): Command {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command !== undefined) return command;
  const names = Object.keys(COMMANDS);
  const kind = name.startsWith('-') ? 'option' : 'command';
  const meant = didYouMean(name, names, `there are ${names.join(', ')}`);
  throw new Refusal(`unknown ${kind} ${name}; ${meant}`);
}
