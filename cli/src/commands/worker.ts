import { parseCommandLine } from '../command-line/parse.ts';
import { readThreads, readWhole } from '../command-line/values.ts';
import { Refusal } from '../files/refusal.ts';
import { readQueue } from '../queue/address.ts';
import { serve } from '../queue/serve.ts';

export const USAGE = `wasm-norm worker --queue URL [options]

Works on the pictures of stats and restyle that others submit with --queue, until it is told to
stop. Any number of workers, on any machines that see the same folders or buckets, share
the work; one that dies loses nothing, since another takes its shard over.

Events are written to standard output, one line of JSON each. SIGTERM and SIGINT let the shard at
work come to its end.

  --queue URL          redis://HOST:PORT or postgres://HOST:PORT/DATABASE; env:NAME takes it from
                       that variable, so that no list of processes shows its password
  --threads N          work on N pictures at once, each in a process (all cores)
  --picture-seconds N  name and leave out a picture that takes longer (300)
  --picture-memory N   name and leave out one whose process takes more megabytes (4096)
  --lock SECONDS       take over the shard of a worker that is silent for so long (15)
  --grace SECONDS      give the shard at work back so long after SIGTERM (25)
  --metrics PORT       serve /metrics to Prometheus, and /health
  --help               this text`;

const OPTIONS = {
  queue: 'text',
  threads: 'text',
  'picture-seconds': 'text',
  'picture-memory': 'text',
  lock: 'text',
  grace: 'text',
  metrics: 'text',
  help: 'flag',
} as const;

const DAY = 24 * 60 * 60;

/** Runs `wasm-norm worker`. */
export async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseCommandLine(args, OPTIONS);
  if (values.help) return console.log(USAGE);
  if (positionals.length > 0) {
    throw new Refusal(`worker takes no arguments, got ${positionals.join(' ')}`);
  }
  if (values.queue === undefined) throw new Refusal('--queue: expected an address, got none');
  const whole = (name: keyof typeof OPTIONS, otherwise: number, least: number, most: number) => {
    const text = values[name];
    return typeof text === 'string' ? readWhole(name, text, least, most) : otherwise;
  };
  await serve(readQueue(values.queue), {
    threads: readThreads(values.threads),
    limits: {
      seconds: whole('picture-seconds', 300, 1, DAY),
      memory: whole('picture-memory', 4096, 128, 2 ** 20) * 2 ** 20,
    },
    lock: whole('lock', 15, 1, DAY),
    grace: whole('grace', 25, 0, DAY),
    metrics: values.metrics === undefined ? null : whole('metrics', 0, 0, 65535),
  });
  // A server that is gone would keep its connections, and with them the process.
  process.exit();
}
