import { parseArgs } from 'node:util';
import { LIMIT, OURS, PLAIN } from './contestants/names.ts';
import { accuracy } from './questions/accuracy.ts';
import { contest } from './questions/contest.ts';
import { growth } from './questions/growth.ts';
import { startup } from './questions/startup.ts';

const HELP = `npm run bench -- [question] [options]

Questions:
  contest            how fast is it beside ${LIMIT} and every peer? (the default)
  accuracy           how far is each from float64, on data of every kind?
  growth             how do time and memory grow from 100 to 100 million elements?
  startup            how long does a program take to its first result?

Options of contest, the filters as often as you like:
  --norm TEXT        only what has TEXT in its name: batchNorm, backward, nhwc
  --shape TEXT       only shapes that contain TEXT: 8x64x56x56, 1024
  --contestant TEXT  only contestants that have TEXT in their name, beside
                     ${LIMIT}; ${OURS}; ${PLAIN}
  --quick            a fifth of the time, more noise
  --publish          draws the README's picture too

Of accuracy:
  --publish          draws the README's picture, and writes docs/accuracy.md

  --help             prints this`;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    norm: { type: 'string', multiple: true },
    shape: { type: 'string', multiple: true },
    contestant: { type: 'string', multiple: true },
    quick: { type: 'boolean', default: false },
    publish: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const QUESTIONS: Readonly<Record<string, () => void | Promise<void>>> = {
  contest() {
    const effort = options.quick ? { rounds: 2, seconds: 0.01 } : { rounds: 5, seconds: 0.05 };
    return contest(options, effort, options.publish);
  },
  accuracy: () => accuracy(options.publish),
  growth,
  startup,
};

const [question = 'contest'] = positionals;
const answer = QUESTIONS[question];
if (options.help) {
  console.log(HELP);
} else if (answer) {
  await answer();
} else {
  console.error(`bench: no such question: ${question}; see --help`);
  process.exitCode = 1;
}
